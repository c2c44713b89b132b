// pure · modules that the bundler imports as text
declare module '*.css' {
  const text: string
  export default text
}

declare module '*.liquid' {
  const text: string
  export default text
}

/** A file of src/ui/islands, bundled for the browser by scripts/islands.mjs. */
declare module '*.txt' {
  const text: string
  export default text
}
