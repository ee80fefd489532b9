/** A project whose steps fill tables: with every kind of value, with what somebody hostile would order, and with one that fails. */
import { done, type Files, type Polder } from './client'

export const HOSTILE = `<img src=x onerror="window.hacked='img'">`
/** As much as an address and a text column hold of it. */
export const LONG = 'a very long remark '.repeat(200).trim()

const RAW = `CREATE TABLE IF NOT EXISTS raw.orders (
  id BIGINT NOT NULL, customer VARCHAR, amount DECIMAL(12, 2), day DATE, placed_at TIMESTAMP, paid BOOLEAN, remark VARCHAR,
  PRIMARY KEY (id)
);
INSERT INTO raw.orders VALUES
  (1, 'ann', 10.50, DATE '2026-02-01', TIMESTAMP '2026-02-01 10:11:12', true, ''),
  (2, '${HOSTILE.replaceAll("'", "''")}', 3, DATE '2026-02-02', NULL, false, NULL),
  (9007199254740993, NULL, -1.25, DATE '2026-02-03', TIMESTAMP '2026-02-03 01:02:03', NULL, '${LONG}')
ON CONFLICT (id) DO UPDATE SET customer = EXCLUDED.customer, amount = EXCLUDED.amount, day = EXCLUDED.day,
  placed_at = EXCLUDED.placed_at, paid = EXCLUDED.paid, remark = EXCLUDED.remark;
`

const MARTS = `-- How much each day brought
CREATE OR REPLACE TABLE marts.days AS
SELECT day, count(*) AS orders, sum(amount) AS amount FROM raw.orders GROUP BY day;
SELECT * FROM marts.days ORDER BY day;
`

const WRECK = `CREATE OR REPLACE TABLE marts.halfway AS SELECT * FROM generate_series(1, 20) AS t(number);
SELECT no_such_column FROM marts.halfway;
`

const SCHEMA = `version: 2
sources: [{name: raw, tables: [{name: orders}]}]
models:
  - name: customers
    description: Who ordered
    columns:
      - {name: customer, tests: [not_null, unique]}
`

const step = (name: string, file: string) => `name: ${name}\nsteps:\n  - {name: ${name}, sql: ${file}}\n`

export const FILES: Files = {
  'polder.yaml': 'project: shop\nteam: shop\nenvironments: {prod: {}, dev: {}}\n',
  'raw.sql': RAW,
  'marts.sql': MARTS,
  'wreck.sql': WRECK,
  'pipelines/load.yaml': `${step('load', 'raw.sql')}  - {name: marts, sql: marts.sql}\n`,
  'pipelines/wreck.yaml': step('wreck', 'wreck.sql'),
  'models/marts/customers.sql':
    "select customer, count(*) as orders from {{ source('raw', 'orders') }} group by customer",
  'models/marts/loyal.sql': "select * from {{ ref('customers') }} where orders > 1",
  'models/schema.yml': SCHEMA,
  'tests/no_markup.sql':
    "{{ config(severity='warn') }} select * from {{ source('raw', 'orders') }} where customer like '%<%'",
  'pipelines/build.yaml': 'name: build\nsteps: [{name: build, models: "*"}]\n',
}

/** What is in it, by ids: a run that published, its last publish, one that failed, and one that tests have held back. */
export type Shop = { loaded: string; publish: string; wrecked: string; held: string }

export async function openShop(polder: Polder): Promise<Shop> {
  await polder.deploy(FILES)
  const loaded = await polder.run('shop/load', { logical_date: '2026-02-03' })
  if (loaded.status !== 'SUCCEEDED') throw new Error(`shop/load: ${loaded.error?.message}`)
  const wrecked = await polder.run('shop/wreck', { logical_date: '2026-02-03' })
  const held = await polder.run('shop/build', { logical_date: '2026-02-03' })
  if (held.error?.code !== 'TESTS_FAILED') throw new Error(`shop/build: ${held.error?.message}`)
  const { items } = await done(polder.api.GET('/api/v1/lake/publishes', { params: { query: { limit: 1 } } }))
  return { loaded: loaded.id, publish: items[0]?.id ?? '', wrecked: wrecked.id, held: held.id }
}
