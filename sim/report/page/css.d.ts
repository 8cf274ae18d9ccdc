/** Style sheets are vite's business. */
declare module '*.css' {}
