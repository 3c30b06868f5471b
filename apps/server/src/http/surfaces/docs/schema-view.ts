/** JSON Schema for people: what a field is called, what goes in, what the bounds are. */
import { type Html, html, phrase } from './html.ts';
import type { JsonSchema } from './json-schema.ts';

/** The fields of an object as a list; of anything else, what it is. */
export function viewSchema(schema: JsonSchema): Html {
  if (schema.properties) return viewFields(schema);
  const variants = schema.oneOf ?? (isVariants(schema.anyOf) ? schema.anyOf : undefined);
  if (variants && !variants.every(isPlain)) {
    return html`<ul class="variants">${variants.map((variant) => html`<li>${viewVariant(variant)}</li>`)}</ul>`;
  }
  return html`<p class="type">${typeOf(schema)}${bounds(schema)}</p>`;
}

function viewFields({ properties = {}, required = [] }: JsonSchema): Html {
  const rows = Object.entries(properties).map(
    ([name, field]) => html`<li>
      <div class="field"><code class="name">${name}</code> <span class="type">${typeOf(field)}</span>
      ${required.includes(name) ? '' : html`<span class="optional">optional</span>`}</div>
      ${field.description && html`<div class="note">${phrase(field.description)}</div>`}
      ${boundsLine(field)}
      ${nested(field)}
    </li>`,
  );
  return html`<ul class="fields">${rows}</ul>`;
}

function viewVariant(variant: JsonSchema): Html {
  if (!variant.properties) return html`<span class="type">${typeOf(variant)}</span>`;
  return viewFields(variant);
}

/** What stands inside: an object's own fields, or those of a list's items. */
function nested(field: JsonSchema): Html | undefined {
  const inner = field.items ?? withoutNull(field);
  if (inner.$ref || (!inner.properties && !inner.oneOf)) return undefined;
  return html`<div class="nested">${viewSchema(inner)}</div>`;
}

/** In a few words, with links to named schemas. */
export function typeOf(schema: JsonSchema): Html {
  const { $ref, allOf, anyOf, oneOf, type, items } = schema;
  if ($ref) return linkTo($ref);
  if (allOf?.[0]?.$ref) return linkTo(allOf[0].$ref);
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum) return joined(schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`));
  if (anyOf) return joined(anyOf.map(typeOf));
  if (oneOf) return oneOf.every((variant) => variant.$ref) ? joined(oneOf.map(typeOf)) : html`one of these`;
  if (items) return html`list of ${typeOf(items)}`;
  if (type === undefined) return html`anything`;
  return joined([type].flat().map((one) => html`${one}`));
}

function linkTo(reference: string): Html {
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  return html`<a href="#schema-${name}">${name}</a>`;
}

function joined(pieces: readonly Html[]): Html {
  return html`${pieces.map((piece, at) => (at === 0 ? piece : html`<span class="or"> or </span>${piece}`))}`;
}

function boundsLine(schema: JsonSchema): Html | undefined {
  const text = boundsOf(schema);
  return text.length > 0
    ? html`<div class="bounds">${text.map((one) => html`<span>${phrase(one)}</span>`)}</div>`
    : undefined;
}

export function bounds(schema: JsonSchema): Html | undefined {
  return boundsLine(schema);
}

function boundsOf(schema: JsonSchema): string[] {
  const { minimum, maximum, exclusiveMinimum, minLength, maxLength, minItems, maxItems, pattern, format } = schema;
  const lowest = exclusiveMinimum === undefined ? minimum : exclusiveMinimum + 1;
  const found = [
    range(lowest, maximum, ''),
    range(minLength, maxLength, ' characters'),
    range(minItems, maxItems, ' items'),
  ];
  // A date's own pattern is long and says nothing more.
  if (pattern && !format) found.push(`matches \`${pattern}\``);
  if (format) found.push(format);
  if (schema.default !== undefined && isShort(schema.default))
    found.push(`default \`${JSON.stringify(schema.default)}\``);
  return found.filter((text) => text !== undefined);
}

function range(from: number | undefined, to: number | undefined, unit: string): string | undefined {
  if (from !== undefined && to !== undefined) return `${shown(from)} to ${shown(to)}${unit}`;
  if (from !== undefined) return `at least ${shown(from)}${unit}`;
  return to === undefined ? undefined : `at most ${shown(to)}${unit}`;
}

function shown(value: number): string {
  return value.toLocaleString('en');
}

function isShort(value: unknown): boolean {
  return JSON.stringify(value).length < 60;
}

function withoutNull(schema: JsonSchema): JsonSchema {
  const [only, ...others] = (schema.anyOf ?? []).filter(({ type }) => type !== 'null');
  return only && others.length === 0 ? only : schema;
}

function isVariants(options: JsonSchema[] | undefined): boolean {
  return options !== undefined && options.length > 1;
}

function isPlain({ properties, oneOf }: JsonSchema): boolean {
  return !properties && !oneOf;
}
