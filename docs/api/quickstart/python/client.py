import os

from appraise_client.client import Client
from appraise_client.sections import SectionsSectionsNodesItemsResultEstimateResult as Estimate

headers = {"Authorization": f"Bearer {os.environ['APPRAISE_TOKEN']}"}
client = Client(f"{os.environ['APPRAISE_URL']}/graphql", headers=headers)
cycle = client.cycles().cycles[0]
after = None
while True:
    page = client.sections(cycle=cycle.id, after=after).sections
    if page is None:
        raise PermissionError("the token's scopes do not open sections")
    for section in page.nodes:
        print(f"{section.person.name}: total {section.total or 'none'}")
        for item in section.items:
            result = item.result
            is_estimate = isinstance(result, Estimate)
            told = f"{result.value} ({result.lower} to {result.upper})" if is_estimate else result.kind.value
            print(f"  {item.indicator.key}: {told}")
    after = page.page_info.end_cursor
    if not page.page_info.has_next_page:
        break
