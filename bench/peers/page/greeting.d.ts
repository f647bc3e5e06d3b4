export function Greeting(props: { name: string }): React.ReactNode
