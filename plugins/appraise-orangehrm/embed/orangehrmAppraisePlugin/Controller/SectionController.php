<?php

namespace OrangeHRM\Appraise\Controller;

use OrangeHRM\Core\Controller\AbstractController;
use OrangeHRM\Framework\Http\Request;
use OrangeHRM\Framework\Http\Response;

/** The page behind the menu's item: one's own section, or that of ?empNumber=, as far as Appraise shows it. */
class SectionController extends AbstractController
{
    public function handle(Request $request): Response
    {
        $number = (int) $request->query->get('empNumber', 0);
        $view = $request->getBaseUrl() . '/appraise/view' . ($number > 0 ? "?empNumber=$number" : '');
        $script = $request->getBasePath() . '/appraise/frame.js';
        $page = '<!doctype html><meta charset="utf-8"><title>Appraise</title>'
            . '<div data-appraise-view="' . htmlspecialchars($view) . '"></div>'
            . '<script type="module" src="' . htmlspecialchars($script) . '"></script>';
        return new Response($page, 200, ['Content-Type' => 'text/html; charset=utf-8']);
    }
}
