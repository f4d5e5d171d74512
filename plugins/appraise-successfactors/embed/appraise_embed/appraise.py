"""One view of a section, asked of Appraise by the backend of a host: needs nothing but Python."""

import json
import urllib.request

CYCLES = "query FindCycles { cycles { id name start end externalReference } }"
SECTION = "query FindSection($by: EmployeeBy!, $cycle: ID!) { employee(by: $by) { section(cycle: $cycle) { id } } }"
MINT = """mutation CreateEmbedToken($input: CreateEmbedTokenInput!) {
  createEmbedToken(input: $input) { token expiresAt userErrors { message path code } }
}"""


class _Here(urllib.request.HTTPRedirectHandler):
    """The token goes to Appraise, and nowhere that an answer leads."""

    def redirect_request(self, *_):
        return None


class Appraise:
    """`url` is where browsers reach Appraise, `token` that of the service with the scope embed:mint."""

    def __init__(self, url, token):
        self.url, self.token = url.rstrip("/"), token

    def view(self, viewer, employee, origin, cycle=None):
        """The section of `employee` as `viewer` sees it, both as (namespace, value); the newest, or of a named cycle.

        `viewer` must come from the host's own session, never from the browser. Raises `LookupError` where there is no
        section, `PermissionError` where Appraise does not show it to the viewer, another `OSError` where Appraise
        cannot be reached or does not take the token.
        """
        section = self._section(employee, cycle)
        wanted = {"viewer": {"reference": _reference(viewer)}, "sectionId": section, "origin": origin}
        minted = self._ask(MINT, {"input": wanted})["createEmbedToken"]
        if not minted or not minted["token"]:
            raise PermissionError("; ".join(one["message"] for one in (minted or {}).get("userErrors", [])))
        return {
            "appraise": self.url,
            "section": section,
            "token": minted["token"],
            "expiresAt": minted["expiresAt"],
        }

    def _section(self, employee, cycle):
        for one in self._ask(CYCLES, {})["cycles"]:  # the newest first
            if cycle is not None and cycle not in (one["name"], one["externalReference"]):
                continue
            by = {"reference": _reference(employee)}
            found = self._ask(SECTION, {"by": by, "cycle": one["id"]})["employee"]
            if found and found["section"]:
                return found["section"]["id"]
        raise LookupError("there is no section of this employee" + (f" in {cycle}" if cycle else ""))

    def _ask(self, query, variables):
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.token}"}
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.url}/graphql", body, headers)
        with urllib.request.build_opener(_Here).open(request, timeout=10) as answer:
            try:
                told = json.load(answer)
            except ValueError as error:
                raise ConnectionError(f"{self.url} answers with something else than JSON") from error
        if not told.get("data"):
            raise PermissionError("; ".join(one["message"] for one in told.get("errors", [])))
        return told["data"]


def _reference(reference):
    namespace, value = reference
    return {"namespace": namespace, "value": str(value)}
