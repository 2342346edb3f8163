// Loaded before the identity emulator, which compiles a validator for every parameter of every operation of Identity Toolkit while it
// starts. By an option of the library that does so, each is compiled when its operation is first called; what it accepts stays the same.
try {
  const library = require(require.resolve("exegesis-express", { paths: [require("path").dirname(process.argv[1])] }));
  const { middleware } = library;
  library.middleware = (document, options, ...more) => middleware(document, { ...options, lazyCompileValidationSchemas: true }, ...more);
} catch {
  // Another version of the emulator: it starts as it likes.
}
