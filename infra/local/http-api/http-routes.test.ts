import { expect, test } from 'vitest';
import { isRouteKey, selectRoute } from './http-routes.ts';

test('the most specific route wins, then the method', () => {
  const keys = ['ANY /a/{id}', 'GET /a/{id}', 'ANY /a/b', 'GET /a/b', 'POST /{x}/b'];
  const routes = keys.map((routeKey) => ({ routeKey, target: undefined }));
  const chosen = (method: string, path: string) => selectRoute(routes, method, path)?.route.routeKey;
  expect(chosen('GET', '/a/b')).toBe('GET /a/b');
  expect(chosen('PUT', '/a/b')).toBe('ANY /a/b');
  expect(chosen('GET', '/a/c')).toBe('GET /a/{id}');
  expect(chosen('PUT', '/a/c')).toBe('ANY /a/{id}');
  expect(chosen('POST', '/z/b')).toBe('POST /{x}/b');
  expect(chosen('GET', '/a/c/d')).toBeUndefined();
  expect(selectRoute(routes, 'GET', '/a/x%20y')?.pathParameters).toEqual({ id: 'x y' });
});

test.each([
  ['POST /webhooks/{account}', true],
  ['$default', false],
  ['ANY /{proxy+}', false],
])('whether %s is a route that is played: %s', (routeKey, expected) => {
  expect(isRouteKey(routeKey)).toBe(expected);
});
