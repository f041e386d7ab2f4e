import { docsStyle } from './docs-style.ts';
import type { ApiResponse, JsonSchema, OpenApiDocument, Operation } from './openapi-types.ts';
import { describeType, propertiesOf } from './schema-words.ts';

/** The documentation as one HTML page that needs nothing else: no script, and nothing from another host. */
export function docsPage(document: OpenApiDocument): string {
  const { info, tags, components } = document;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(info.title)}: the HTTP API</title>
<style>${docsStyle}</style>
</head>
<body>
<a class="skip" href="#main">To the routes</a>
<header>
<h1>${html(info.title)}</h1>
<p>${prose(info.summary)} ${prose(info.description)}</p>
<p class="soft">For programs: <a href="/openapi.json">openapi.json</a>, OpenAPI ${html(document.openapi)}.</p>
<nav aria-label="Routes"><ul>
${operations.map(({ path, operation }) => `<li><a href="#${html(operation.operationId)}"><code>${html(path)}</code></a></li>`).join('\n')}
</ul></nav>
</header>
<main id="main">
${tags
  .map(
    ({ name, description }) => `<h2>${html(name)}</h2>
<p class="soft">${prose(description)}</p>
${operations
  .filter(({ operation }) => operation.tags.includes(name))
  .map(({ path, method, operation }) => operationCard(method, path, operation))
  .join('\n')}`,
  )
  .join('\n')}
<h2>The bearer token</h2>
${Object.values(components.securitySchemes)
  .map(({ description }) => `<p>${prose(description)}</p>`)
  .join('')}
<pre tabindex="0"><code>curl -H "authorization: Bearer $TOKEN" &lt;ApiUrl&gt;/health</code></pre>
<h2>Schemas</h2>
${Object.entries(components.schemas)
  .map(([name, schema]) => schemaCard(name, schema))
  .join('\n')}
</main>
<footer><p>Made from the schemas that the code itself uses.</p></footer>
</body>
</html>
`;
}

function operationCard(method: string, path: string, operation: Operation): string {
  const { operationId, summary, description = '', parameters = [], requestBody, responses } = operation;
  return `<section class="card" id="${html(operationId)}" aria-labelledby="${html(operationId)}-title">
<h3 id="${html(operationId)}-title"><span class="method ${html(method)}">${html(method.toUpperCase())}</span> <code>${html(path)}</code> <span>${prose(summary)}</span></h3>
<p>${prose(description)}</p>
<p class="soft">${tokenNeed(operation)}</p>
${
  parameters.length === 0
    ? ''
    : `<h4>Parameters</h4>${table(
        ['Name', 'Where', 'Meaning'],
        parameters.map((each) => [
          code(each.name),
          html(each.required ? each.in : `${each.in}, optional`),
          prose(each.description),
        ]),
      )}`
}
${requestBody === undefined ? '' : `<h4>Body</h4><p>${contentWords(requestBody.content)}</p>`}
<h4>Answers</h4>
${table(
  ['Status', 'Meaning', 'Body'],
  Object.entries(responses).map(([status, response]) => [
    code(status),
    meaning(response),
    contentWords(response.content),
  ]),
)}
</section>`;
}

function tokenNeed({ security }: Operation): string {
  const isPossible = security.some((each) => Object.keys(each).length > 0);
  const isNeeded = isPossible && security.every((each) => Object.keys(each).length > 0);
  if (isNeeded) return 'Needs the bearer token.';
  return isPossible ? 'Public; tells more with the bearer token.' : 'Needs no token.';
}

function meaning({ description, headers = {} }: ApiResponse): string {
  const names = Object.keys(headers);
  return prose(description) + (names.length === 0 ? '' : ` With ${names.map(code).join(', ')}.`);
}

const contentWords = (content: ApiResponse['content']): string =>
  Object.entries(content)
    .map(([type, { schema }]) => `${schemaLink(schema) ?? ''} ${code(type)}`)
    .join(', ');

function schemaLink({ $ref }: JsonSchema): string | undefined {
  const name = typeof $ref === 'string' ? $ref.split('/').at(-1) : undefined;
  return name === undefined ? undefined : `<a href="#${html(name)}">${html(name)}</a>`;
}

function schemaCard(name: string, schema: JsonSchema): string {
  const description = typeof schema.description === 'string' ? schema.description : '';
  return `<section class="card" id="${html(name)}" aria-labelledby="${html(name)}-title">
<h3 id="${html(name)}-title">${html(name)}</h3>
<p>${prose(description)}</p>
${table(
  ['Field', 'Type', 'Meaning'],
  propertiesOf(schema).map(({ path, isRequired, schema: field }) => [
    code(path),
    html(describeType(field) + (isRequired ? '' : ', optional')),
    prose(typeof field.description === 'string' ? field.description : ''),
  ]),
)}
</section>`;
}

/**
 * Its roles are named, because on narrow screens it is no longer laid out as a table.
 *
 * @param rows cells as HTML; the first one names its row
 */
const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<div class="table"><table role="table"><thead role="rowgroup"><tr role="row">${heads
    .map((head) => `<th role="columnheader" scope="col">${head}</th>`)
    .join('')}</tr></thead><tbody role="rowgroup">${rows.map(row).join('')}</tbody></table></div>`;

const row = ([first = '', ...rest]: readonly string[]): string =>
  `<tr role="row"><th role="rowheader" scope="row">${first}</th>${rest
    .map((cell) => `<td role="cell">${cell}</td>`)
    .join('')}</tr>`;

const code = (text: string): string => `<code>${html(text)}</code>`;

/** Text with `code` in back quotes. */
const prose = (text: string): string => html(text).replace(/`([^`]+)`/g, '<code>$1</code>');

const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
