-- A menu item for everybody who is an employee (ESS) or an administrator.
INSERT INTO ohrm_module (name, status, display_name) VALUES ('appraise', 1, 'Customer Service');
INSERT INTO ohrm_screen (name, module_id, action_url)
  SELECT 'Customer Service', id, 'section' FROM ohrm_module WHERE name = 'appraise';
INSERT INTO ohrm_menu_item (menu_title, screen_id, level, order_hint, status)
  SELECT 'Customer Service', id, 1, 1200, 1 FROM ohrm_screen WHERE name = 'Customer Service';
INSERT INTO ohrm_user_role_screen (user_role_id, screen_id, can_read)
  SELECT role.id, screen.id, 1 FROM ohrm_user_role role, ohrm_screen screen
  WHERE role.name IN ('Admin', 'ESS') AND screen.name = 'Customer Service';
