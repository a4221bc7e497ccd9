"""``make sbom``: what the product is made of, as CycloneDX; the hashes stay in the lock."""

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from tests.lab.places import REPO
from tests.security.lock import licences, pinned

TARGET = REPO / "dist" / "sbom.cdx.json"


def bill() -> Bom:
    """Every package of the product's lock with its version, address and licence."""
    known, make = licences(), LicenseFactory()
    bom = Bom()
    bom.metadata.component = Component(name="igny8-flask", type=ComponentType.APPLICATION)
    for name, version in pinned(REPO / "requirements.txt").items():
        address = PackageURL("pypi", name=name, version=version)
        one = Component(
            name=name,
            version=version,
            purl=address,
            bom_ref=str(address),
            licenses=[make.make_from_string(known[name])],
        )
        bom.components.add(one)
        bom.register_dependency(bom.metadata.component, [one])
    return bom


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    JsonV1Dot6(bill()).output_to_file(str(TARGET), allow_overwrite=True, indent=1)
    print(TARGET.relative_to(REPO))
