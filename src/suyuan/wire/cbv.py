"""The words of the Core Business Vocabulary 2.0, and the ways in which they are written.

Words and forms: EPCIS 2.0.1 JSON schema and JSON-LD context, compared with the CBV ontology.
"""

from difflib import get_close_matches
from typing import Final

from msgspec import Struct, structs


class Vocabulary(Struct, frozen=True, kw_only=True):
    """A closed list of bare words; every other value must be a URI of somebody's own.

    `withdrawn` are the beginnings of URIs that JSON may no longer use for these words,
    `full` those that name them in full. `tolerant`: in lenient mode a bare word that is not
    in the list is kept (measurement types grow with every edition of the GS1 vocabulary).
    """

    name: str
    words: frozenset[str]
    withdrawn: tuple[str, ...]
    full: tuple[str, ...]
    tolerant: bool = False


_SPACES: Final = (
    "urn:epcglobal:cbv:",
    "https://ref.gs1.org/cbv/",
    "http://ref.gs1.org/cbv/",
    "https://ns.gs1.org/cbv/",
    "http://ns.gs1.org/cbv/",
)
_LONGEST_WORD, _MOST_NEAR, _LIKE = 40, 3, 0.7


def nearest(value: str, vocabulary: Vocabulary) -> list[str]:
    """The words that may have been meant, the likeliest first; none if none is near."""
    meant = value[:_LONGEST_WORD].strip().casefold().replace(" ", "_").replace("-", "_")
    words = {word.casefold(): word for word in sorted(vocabulary.words)}
    return [words[each] for each in get_close_matches(meant, words, _MOST_NEAR, _LIKE)]


def local_part(uri: str, vocabulary: Vocabulary) -> str | None:
    """The word that a URI names in the CBV, or in the vocabulary's own space; None elsewhere.

    What begins as another vocabulary of the CBV (`cbv:Disp-in_transit` of a step) is none of this.
    """
    for beginning in (*vocabulary.full, *vocabulary.withdrawn):
        if uri.startswith(beginning):
            return uri[len(beginning) :]
    if uri.startswith(_SPACES):
        return uri.replace(":", "/").rpartition("/")[2].rpartition("-")[2]
    return None


def _cbv(name: str, urn: str, web: str, words: str) -> Vocabulary:
    return Vocabulary(
        name=name,
        words=frozenset(words.split()),
        withdrawn=(
            f"urn:epcglobal:cbv:{urn}:",
            f"https://ns.gs1.org/cbv/{web}-",
            f"http://ns.gs1.org/cbv/{web}-",
        ),
        full=(f"https://ref.gs1.org/cbv/{web}-", f"http://ref.gs1.org/cbv/{web}-"),
    )


def _web(name: str, words: str, *, tolerant: bool) -> Vocabulary:
    return Vocabulary(
        name=name,
        words=frozenset(words.split()),
        withdrawn=(
            "https://gs1.org/voc/",
            "http://gs1.org/voc/",
            "https://www.gs1.org/voc/",
            "http://www.gs1.org/voc/",
        ),
        full=("https://ref.gs1.org/voc/",),
        tolerant=tolerant,
    )


BIZ_STEP: Final = _cbv(
    "bizStep",
    "bizstep",
    "BizStep",
    """accepting arriving assembling collecting commissioning consigning
    creating_class_instance cycle_counting decommissioning departing destroying disassembling
    dispensing encoding entering_exiting holding inspecting installing killing loading other
    packing picking receiving removing repackaging repairing replacing reserving retail_selling
    sampling sensor_reporting shipping staging_outbound stock_taking stocking storing
    transporting unloading unpacking void_shipping""",
)
DISPOSITION: Final = _cbv(
    "disposition",
    "disp",
    "Disp",
    """active available completeness_inferred completeness_verified conformant
    container_closed container_open damaged destroyed dispensed disposed encoded expired
    in_progress in_transit inactive mismatch_class mismatch_instance mismatch_quantity
    needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed
    recalled reserved retail_sold returned sellable_accessible sellable_not_accessible stolen
    unavailable unknown""",
)
# What persists is only kept, never acted on: an unknown word does no harm there.
PERSISTENT_DISPOSITION: Final = structs.replace(DISPOSITION, tolerant=True)
BIZ_TRANSACTION: Final = _cbv(
    "bizTransaction type",
    "btt",
    "BTT",
    "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt",
)
SOURCE_DESTINATION: Final = _cbv(
    "source / destination type", "sdt", "SDT", "owning_party possessing_party location"
)
ERROR_REASON: Final = _cbv("error reason", "er", "ER", "did_not_occur incorrect_data")
COMPONENT: Final = _cbv(
    "component",
    "comp",
    "Comp",
    """x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle
    easting northing latitude longitude altitude""",
)
MEASUREMENT: Final = _web(
    "measurement type",
    """AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude AmountOfSubstance
    AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity
    Area Capacitance Conductance Conductivity Count Density Dimensionless DoseEquivalent
    DoseEquivalentRate DynamicViscosity ElectricCharge ElectricCurrent ElectricCurrentDensity
    ElectricFieldStrength Energy Exposure Force Frequency Illuminance Inductance Irradiance
    KinematicViscosity Length LinearMomentum Luminance LuminousFlux LuminousIntensity
    MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass MassConcentration
    MassFlowRate MassPerAreaTime MemoryCapacity MolalityOfSolute MolarEnergy MolarMass
    MolarVolume Power Pressure RadiantFlux RadiantIntensity Radioactivity RelativeHumidity
    Resistance Resistivity SolidAngle SpecificVolume Speed SurfaceDensity SurfaceTension
    Temperature Time Torque Voltage Volume VolumeFlowRate VolumeFraction VolumetricFlux
    Wavenumber""",
    tolerant=True,
)
SENSOR_ALERT: Final = _web("sensor alert", "ALARM_CONDITION ERROR_CONDITION", tolerant=False)
