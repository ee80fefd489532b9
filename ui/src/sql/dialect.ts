/** The words of the SQL that the lake understands: fewer than any database's, so that columns named `id` or `day` look like columns. */
import { SQLDialect } from '@codemirror/lang-sql'

const KEYWORDS =
  'all and any as asc between by case cast cross current cube desc describe distinct else end escape except exclude exists explain extract false fetch filter first following for from full group grouping having ilike in inner intersect interval is join last lateral left like limit natural not null nulls offset on or order outer over partition preceding qualify range recursive right rollup row rows select semi anti sets show similar some table then to true try_cast unbounded union unnest using values when where window with within'

const TYPES =
  'bigint boolean bytea char date decimal double float int integer numeric real smallint text time timestamp tinyint varchar'

const FUNCTIONS =
  'abs approx_distinct approx_median array_agg array_length avg btrim ceil coalesce concat concat_ws corr count cume_dist current_date current_timestamp date_bin date_part date_trunc dense_rank ends_with exp first_value floor generate_series greatest initcap lag last_value lead least left length ln log10 log2 lower lpad ltrim max md5 median min nth_value ntile now nullif nvl percent_rank power random range rank regexp_count regexp_like regexp_match regexp_replace repeat replace reverse right round row_number rpad rtrim sha256 sign split_part sqrt starts_with stddev string_agg strpos substr sum to_char to_date to_timestamp trim trunc upper uuid var_pop variance'

export const dialect = SQLDialect.define({
  keywords: KEYWORDS,
  types: TYPES,
  builtin: FUNCTIONS,
  doubleQuotedStrings: false,
  identifierQuotes: '"',
  operatorChars: '+-*/<>=~!@#%^&|?:',
})
