export declare function filesToAdopt(): { path: string; target: string }[]
export declare function packagesToAdopt(): {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}
