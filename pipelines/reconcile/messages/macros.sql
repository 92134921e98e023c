-- How amounts and names are written in messages. Amounts are in 分.
CREATE OR REPLACE TEMP MACRO rec_yuan(fen) AS
    CASE WHEN fen < 0 THEN '-' ELSE '' END
    || format('{:,}', (abs(fen) // 100)::BIGINT)
    || '.' || lpad((abs(fen) % 100)::VARCHAR, 2, '0');

-- Counts (辆, 个, 人) are kept in hundredths and printed without decimals.
CREATE OR REPLACE TEMP MACRO rec_figure(fen, whole) AS
    CASE
        WHEN whole AND fen % 100 = 0 THEN regexp_replace(rec_yuan(fen), '\.00$$', '')
        ELSE rec_yuan(fen)
    END;

CREATE OR REPLACE TEMP MACRO rec_measure(row_key) AS
    CASE
        WHEN regexp_matches(row_key, '批次') THEN ' 批'
        WHEN regexp_matches(row_key, '人次') THEN ' 人次'
        WHEN regexp_matches(row_key, '团组') THEN ' 个'
        WHEN regexp_matches(row_key, '设备') THEN ' 台（套）'
        WHEN regexp_matches(row_key, '车') THEN ' 辆'
        ELSE ''
    END;

CREATE OR REPLACE TEMP MACRO rec_tidy(label) AS
    regexp_replace(
        regexp_replace(coalesce(label, ''), '[\s\x{3000}]+', '', 'g'), '^其中：', ''
    );

-- 教育支出(205) where the line has a code and a name of its own, else its key.
CREATE OR REPLACE TEMP MACRO rec_named_key(key, label) AS
    CASE
        WHEN regexp_full_match(key, '\d+') AND rec_tidy(label) NOT IN ('', key)
            THEN rec_tidy(label) || '(' || key || ')'
        ELSE key
    END;

-- The last step of a header path that says something: 年初结转和结余 of 年初结转和结余/合计.
CREATE OR REPLACE TEMP MACRO rec_last_step(path) AS
    regexp_replace(regexp_replace(path, '/(合计|小计)$$', ''), '^.*/', '');

-- Ten signs tell one item from its neighbours; the cell says the rest.
CREATE OR REPLACE TEMP MACRO rec_cut(name) AS
    CASE WHEN length(name) > 10 THEN left(name, 9) || '…' ELSE name END;

-- Shorter, for lists: 教育支出, without 五、 and the header path; the code stands with it where no
-- address says which line is meant. What nearly every table calls its only amount is not said.
CREATE OR REPLACE TEMP MACRO rec_short_name(key, label, addressed) AS
    CASE
        WHEN addressed AND key IN ('决算数', '统计数', '金额') THEN NULL
        WHEN NOT regexp_full_match(key, '\d+') OR rec_tidy(label) IN ('', key) THEN rec_last_step(key)
        ELSE CASE WHEN addressed THEN '' ELSE key || ' ' END || rec_cut(
            rec_last_step(regexp_replace(rec_tidy(label), '^[一二三四五六七八九十]+、', ''))
        )
    END;

-- An amount in a unit that stands ``digits`` digits above 分, at least two decimals.
CREATE OR REPLACE TEMP MACRO rec_in(fen, digits) AS
    CASE WHEN fen < 0 THEN '-' ELSE '' END
    || format('{:,}', (abs(fen) // (10 ** digits)::BIGINT)::BIGINT) || '.'
    || regexp_replace(
        lpad((abs(fen) % (10 ** digits)::BIGINT)::VARCHAR, digits, '0'),
        '^(\d\d\d*?)0*$$', '\1'
    );

-- In the unit of its sheet; 元 is only said where the message has other units too. The digits are
-- looked up, so that an amount is written out once and not once for each unit.
CREATE OR REPLACE TEMP MACRO rec_amount(fen, money, mixed) AS
    rec_in(fen, CASE money $digits ELSE 2 END)
    || CASE WHEN money IN ($units) THEN ' ' || money WHEN mixed THEN ' 元' ELSE '' END;
