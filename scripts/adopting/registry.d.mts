export declare function registry(): object
export declare function inlinedItem(): { files: { target: string; content: string }[] }
