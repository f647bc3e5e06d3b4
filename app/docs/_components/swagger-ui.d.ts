declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface Options {
    readonly url: string
    readonly domNode: HTMLElement
    readonly deepLinking?: boolean
    readonly defaultModelsExpandDepth?: number
    readonly docExpansion?: 'none' | 'list' | 'full'
    readonly onComplete?: () => void
    readonly requestInterceptor?: <Request extends { headers: Record<string, string> }>(
      request: Request,
    ) => Request
    readonly persistAuthorization?: boolean
    readonly validatorUrl?: string | null
  }
  const SwaggerUI: (options: Options) => unknown
  export default SwaggerUI
}
