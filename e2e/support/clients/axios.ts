import axios, { type AxiosInstance, type InternalAxiosRequestConfig } from 'axios'

/** A request that the interceptor repeats at most once. */
type Repeatable = InternalAxiosRequestConfig & { _retry?: boolean }

/**
 * The interceptor that most applications use, after axios' own documentation: a 401 starts a refresh, other requests that
 * fail meanwhile wait for it, then all are sent again. Returns a function that reads the current token.
 */
export function refreshOn401(
  api: AxiosInstance,
  refresh: () => Promise<string>,
  accessToken: string,
): () => string {
  let token = accessToken
  let refreshing: Promise<string> | null = null

  api.interceptors.request.use((config) => {
    config.headers.Authorization = `Bearer ${token}`
    return config
  })
  api.interceptors.response.use(undefined, async (error: unknown) => {
    if (!axios.isAxiosError(error) || error.response?.status !== 401) throw error
    const original = error.config as Repeatable
    if (original._retry) throw error
    original._retry = true
    refreshing ??= refresh().finally(() => {
      refreshing = null
    })
    token = await refreshing
    return api(original)
  })
  return () => token
}
