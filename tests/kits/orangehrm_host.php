<?php

/** OrangeHRM as far as the kit's plugin touches it: routes of its own file, who is signed in, requests and answers. */

namespace OrangeHRM\Framework {
    interface PluginConfigurationInterface
    {
        public function initialize(Http\Request $request): void;
    }
}

namespace OrangeHRM\Framework\Http {
    class Bag
    {
        public function get(string $name, $default = null)
        {
            return $_GET[$name] ?? $default;
        }
    }

    class Request
    {
        public Bag $query;

        public function __construct()
        {
            $this->query = new Bag();
        }

        public function getSchemeAndHttpHost(): string
        {
            return 'http://' . $_SERVER['HTTP_HOST'];
        }

        public function getBaseUrl(): string
        {
            return '/web/index.php';
        }

        public function getBasePath(): string
        {
            return '/web';
        }
    }

    class Response
    {
        public string $content;
        public int $status;
        public array $headers;

        public function __construct(string $content, int $status, array $headers)
        {
            [$this->content, $this->status, $this->headers] = [$content, $status, $headers];
        }
    }
}

namespace OrangeHRM\Core\Controller {
    abstract class AbstractController
    {
    }
}

namespace OrangeHRM\Core\Traits {
    trait ServiceContainerTrait
    {
    }
}

namespace OrangeHRM\Core\Traits\Auth {
    class User
    {
        /** Somebody without an employee is signed in as "admin". */
        public function getEmpNumber(): ?int
        {
            return ['max' => 7, 'ben' => 8][$_COOKIE['who'] ?? ''] ?? null;
        }
    }

    trait AuthUserTrait
    {
        public function getAuthUser(): User
        {
            return new User();
        }
    }
}

namespace {
    $plugin = getenv('PLUGIN');
    spl_autoload_register(function (string $class) use ($plugin) {
        $file = $plugin . str_replace(['OrangeHRM\\Appraise', '\\'], ['', '/'], $class) . '.php';
        require $file;
    });
    require "$plugin/config/AppraisePluginConfiguration.php";
    (new AppraisePluginConfiguration())->initialize(new OrangeHRM\Framework\Http\Request());

    $path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
    if ($path === '/web/appraise/frame.js') {
        header('Content-Type: text/javascript');
        readfile("$plugin/public/frame.js");
        return true;
    }
    $routes = file_get_contents("$plugin/config/routes.yaml");
    preg_match_all('/path: (\S+)\s+controller: (\S+)::(\w+)/', $routes, $found, PREG_SET_ORDER);
    foreach ($found as [, $route, $controller, $method]) {
        if ($path === "/web/index.php$route") {
            $answer = (new $controller())->$method(new OrangeHRM\Framework\Http\Request());
            http_response_code($answer->status);
            foreach ($answer->headers as $name => $value) {
                header("$name: $value");
            }
            echo $answer->content;
            return true;
        }
    }
    http_response_code(404);
    return true;
}
