<?php

namespace OrangeHRM\Appraise\Controller;

use DomainException;
use OrangeHRM\Appraise\Service\Appraise;
use OrangeHRM\Core\Controller\AbstractController;
use OrangeHRM\Core\Traits\Auth\AuthUserTrait;
use OrangeHRM\Framework\Http\Request;
use OrangeHRM\Framework\Http\Response;
use OutOfBoundsException;
use RuntimeException;

/** A token for whoever is signed in here. */
class ViewController extends AbstractController
{
    use AuthUserTrait;

    public function handle(Request $request): Response
    {
        $viewer = $this->getAuthUser()->getEmpNumber();
        $number = (int) $request->query->get('empNumber', 0);
        $employee = $number > 0 ? $number : $viewer;
        if ($viewer === null) {
            return $this->told(['problem' => 'your user is no employee'], 403);
        }
        $client = new Appraise((string) getenv('APPRAISE_URL'), (string) getenv('APPRAISE_TOKEN'));
        try {
            $view = $client->view(
                ['orangehrm:emp-number', $viewer],
                ['orangehrm:emp-number', $employee],
                $request->getSchemeAndHttpHost()
            );
            return $this->told($view, 200);
        } catch (OutOfBoundsException $error) {
            return $this->told(['problem' => $error->getMessage()], 404);
        } catch (DomainException $error) {
            return $this->told(['problem' => $error->getMessage()], 403);
        } catch (RuntimeException $error) {
            error_log('Appraise cannot be reached, or does not take the token: ' . $error->getMessage());
            return $this->told(['problem' => 'Appraise cannot be reached'], 502);
        }
    }

    private function told(array $document, int $status): Response
    {
        $headers = ['Content-Type' => 'application/json', 'Cache-Control' => 'no-store'];
        return new Response(json_encode($document), $status, $headers);
    }
}
