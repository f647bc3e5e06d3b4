import type { Schema } from './document'

/** The fields of a schema, nested ones below their parent. */
export function SchemaFields({ schema }: { schema: Schema }) {
  const { properties, required = [] } = schema.items ?? schema
  if (!properties) return <p className="text-sm text-muted">{typeOf(schema)}</p>
  return (
    <ul className="space-y-1 text-sm">
      {Object.entries(properties).map(([name, field]) => (
        <li key={name}>
          <code className="font-semibold wrap-anywhere">{name}</code>{' '}
          <span className="text-muted">
            {typeOf(field)}
            {required.includes(name) ? '' : ', optional'}
            {field.description ? `. ${field.description}` : ''}
          </span>
          {field.properties || field.items?.properties ? (
            <div className="mt-1 border-l-2 border-line pl-3">
              <SchemaFields schema={field} />
            </div>
          ) : null}
        </li>
      ))}
    </ul>
  )
}

function typeOf(schema: Schema): string {
  const { const: constant, enum: values, anyOf, items, format } = schema
  if (constant !== undefined) return JSON.stringify(constant)
  if (values) return values.map((value) => JSON.stringify(value)).join(' or ')
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(' or ')
  if (items) return `list of ${typeOf(items)}`
  const type = [schema.type ?? 'any value'].flat().join(' or ')
  return format ? `${type} (${format})` : type
}
