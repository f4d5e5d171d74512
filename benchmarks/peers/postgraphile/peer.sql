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
