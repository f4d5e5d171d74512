<?php

namespace OrangeHRM\Appraise\Service;

use DomainException;
use OutOfBoundsException;
use RuntimeException;

/** One view of a section, asked of Appraise by the backend of a host. */
class Appraise
{
    private const CYCLES = 'query FindCycles { cycles { id name start end externalReference } }';
    private const SECTION = 'query FindSection($by: EmployeeBy!, $cycle: ID!)'
        . ' { employee(by: $by) { section(cycle: $cycle) { id } } }';
    private const MINT = <<<'GRAPHQL'
mutation CreateEmbedToken($input: CreateEmbedTokenInput!) {
  createEmbedToken(input: $input) { token expiresAt userErrors { message path code } }
}
GRAPHQL;

    private string $url;
    private string $token;

    public function __construct(string $url, string $token)
    {
        $this->url = rtrim($url, '/');
        $this->token = $token;
    }

    /**
     * The newest section of $employee as $viewer sees it, both as [namespace, value]. $viewer must come from the
     * host's own session. Throws OutOfBoundsException where there is none, DomainException where it is not shown.
     */
    public function view(array $viewer, array $employee, string $origin): array
    {
        $section = $this->section($employee);
        $input = ['viewer' => ['reference' => self::reference($viewer)], 'sectionId' => $section, 'origin' => $origin];
        $minted = $this->ask(self::MINT, ['input' => $input])['createEmbedToken'] ?? null;
        if (empty($minted['token'])) {
            throw new DomainException(implode('; ', array_column($minted['userErrors'] ?? [], 'message')));
        }
        return [
            'appraise' => $this->url,
            'section' => $section,
            'token' => $minted['token'],
            'expiresAt' => $minted['expiresAt'],
        ];
    }

    private function section(array $employee): string
    {
        $by = ['reference' => self::reference($employee)];
        foreach ($this->ask(self::CYCLES, (object) [])['cycles'] as $cycle) {
            $found = $this->ask(self::SECTION, ['by' => $by, 'cycle' => $cycle['id']])['employee'];
            if (isset($found['section'])) {
                return $found['section']['id'];
            }
        }
        throw new OutOfBoundsException('there is no section of this employee');
    }

    /** @param array|object $variables */
    private function ask(string $query, $variables): array
    {
        $http = [
            'method' => 'POST',
            'header' => "Content-Type: application/json\r\nAuthorization: Bearer {$this->token}\r\n",
            'content' => json_encode(['query' => $query, 'variables' => $variables]),
            'timeout' => 10,
            'follow_location' => 0,
            'ignore_errors' => true,
        ];
        $answer = file_get_contents("{$this->url}/graphql", false, stream_context_create(['http' => $http]));
        $told = $answer === false ? null : json_decode($answer, true);
        if (!isset($told['data'])) {
            $messages = implode('; ', array_column($told['errors'] ?? [], 'message'));
            throw new RuntimeException($messages ?: 'Appraise did not answer');
        }
        return $told['data'];
    }

    private static function reference(array $reference): array
    {
        return ['namespace' => $reference[0], 'value' => (string) $reference[1]];
    }
}
