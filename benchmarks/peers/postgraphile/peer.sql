-- What the peers read: plain views without any permission, in fewer and simpler joins than ours need.
CREATE SCHEMA IF NOT EXISTS peer;
CREATE OR REPLACE VIEW peer.people AS
  SELECT e.id, e.display_name, e.sort_name, j.job_title, d.name AS department_name, m.display_name AS manager_name
  FROM public.employees e
  LEFT JOIN public.employments j ON j.employee_id = e.id AND j.ends_on IS NULL
  LEFT JOIN public.departments d ON d.code = j.department AND d.ends_on IS NULL
  LEFT JOIN public.reporting_lines l ON l.employee_id = e.id AND l.ends_on IS NULL
  LEFT JOIN public.employees m ON m.id = l.manager_id;
COMMENT ON VIEW peer.people IS E'@primaryKey id';
CREATE OR REPLACE VIEW peer.sections AS SELECT * FROM public.sections;
COMMENT ON VIEW peer.sections IS
  E'@primaryKey id\n@unique run_id,employee_id\n@unique cycle_id,employee_id\n@foreignKey (employee_id) references peer.people (id)';
CREATE OR REPLACE VIEW peer.scorecards AS SELECT * FROM public.scorecards;
COMMENT ON VIEW peer.scorecards IS
  E'@primaryKey run_id,employee_id,indicator\n@foreignKey (run_id,employee_id) references peer.sections (run_id,employee_id)';

-- For the peer with permissions: the same rule as ours, as row-level security for the role that its tokens name. An
-- administrator sees everybody, others themselves and all below them. Owners and superusers, whom the others
-- connect as, are not asked.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'peer_reader') THEN CREATE ROLE peer_reader; END IF;
END $$;
GRANT USAGE ON SCHEMA peer, public TO peer_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA peer TO peer_reader;
GRANT SELECT ON employees, employments, departments, reporting_lines, sections, scorecards TO peer_reader;
ALTER VIEW peer.people SET (security_invoker = true);
ALTER VIEW peer.sections SET (security_invoker = true);
ALTER VIEW peer.scorecards SET (security_invoker = true);
CREATE SCHEMA IF NOT EXISTS peer_rules;
GRANT USAGE ON SCHEMA peer_rules TO peer_reader;
CREATE OR REPLACE FUNCTION peer_rules.administers() RETURNS boolean LANGUAGE sql STABLE
  AS $$ SELECT current_setting('jwt.claims.administers', true) = 'true' $$;
CREATE OR REPLACE FUNCTION peer_rules.below() RETURNS SETOF text LANGUAGE sql STABLE ROWS 100 SECURITY DEFINER
  AS $$ WITH RECURSIVE below(id) AS (
    SELECT current_setting('jwt.claims.employee', true) COLLATE "C"
    UNION SELECT l.employee_id FROM public.reporting_lines l JOIN below ON l.manager_id = below.id
      WHERE l.kind = 'solid' AND l.ends_on IS NULL) SELECT id FROM below $$;
DROP POLICY IF EXISTS reach ON employees;
DROP POLICY IF EXISTS reach ON sections;
DROP POLICY IF EXISTS reach ON scorecards;
CREATE POLICY reach ON employees FOR SELECT TO peer_reader
  USING ((SELECT peer_rules.administers()) OR id IN (SELECT peer_rules.below()));
CREATE POLICY reach ON sections FOR SELECT TO peer_reader
  USING ((SELECT peer_rules.administers()) OR employee_id IN (SELECT peer_rules.below()) AND state <> 'VOID');
CREATE POLICY reach ON scorecards FOR SELECT TO peer_reader
  USING ((SELECT peer_rules.administers()) OR employee_id IN (SELECT peer_rules.below()));
ALTER TABLE employees ENABLE ROW LEVEL SECURITY;
ALTER TABLE sections ENABLE ROW LEVEL SECURITY;
ALTER TABLE scorecards ENABLE ROW LEVEL SECURITY;
