/** The version of this package, here so that printing it opens no other file; a test keeps it equal to package.json. */
export const version = '0.1.0';
