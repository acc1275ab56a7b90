"""Events of every type as XML of each edition, and any document around them."""

NAMESPACES = (
    'xmlns:epcis="urn:epcglobal:epcis:xsd:{edition}" xmlns:ex="https://example.com/ns/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
)
WHEN = """
  <eventTime>2026-03-01T08:00:00.120+08:00</eventTime>
  <recordTime>2026-03-01T09:00:00Z</recordTime>
  <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>"""
NAMED = "<eventID>urn:uuid:550e8400-e29b-41d4-a716-446655440000</eventID>"
WHY = """
  <bizStep>urn:epcglobal:cbv:bizstep:receiving</bizStep>
  <disposition>https://ref.gs1.org/cbv/Disp-in_progress</disposition>
  <readPoint><id>urn:epc:id:sgln:6901234.00000.0</id></readPoint>
  <bizLocation><id> https://id.gs1.org/414/6901234000009 </id></bizLocation>
  <bizTransactionList>
    <bizTransaction type="urn:epcglobal:cbv:btt:desadv">https://example.com/da/1</bizTransaction>
  </bizTransactionList>"""
QUANTITY = """
  <quantityElement>
    <epcClass>https://id.gs1.org/01/06901234000016/10/A1</epcClass>
    <quantity>12.50</quantity><uom>KGM</uom>
  </quantityElement>"""
SIDES = """
  <sourceList>
    <source type="urn:epcglobal:cbv:sdt:possessing_party">urn:epc:id:pgln:6901234.00000</source>
  </sourceList>
  <destinationList>
    <destination type="cbv:SDT-location">https://id.gs1.org/414/6901234000009</destination>
  </destinationList>"""
SENSED = """
  <sensorElementList><sensorElement>
    <sensorMetadata time="2026-03-01T00:00:00Z" bizRules="https://example.com/rule"/>
    <sensorReport type="gs1:Temperature" value="3.5" uom="CEL"
      deviceID="urn:epc:id:giai:6901234.1"/>
  </sensorElement></sensorElementList>
  <persistentDisposition>
    <set>urn:epcglobal:cbv:disp:completeness_verified</set>
  </persistentDisposition>"""
ILMD = "<ilmd><ex:bestBefore>2026-09-01</ex:bestBefore></ilmd>"
NOTE = """
  <ex:note><ex:deep>007</ex:deep><ex:deep xsi:type="xsd:integer">7</ex:deep>
    <ex:deep xsi:type="xsd:decimal">1.0</ex:deep></ex:note>"""
EPCS = """
  <epc>urn:epc:id:sgtin:6901234.000001.1</epc>
  <epc>https://id.gs1.org/01/06901234000016/21/2</epc>"""

OBJECT_2_0 = f"""<ObjectEvent>{WHEN}{NAMED}
  <certificationInfo>https://example.com/certificate</certificationInfo>
  <epcList>{EPCS}</epcList><action>ADD</action>{WHY}
  <quantityList>{QUANTITY}</quantityList>{SIDES}{SENSED}{ILMD}{NOTE}
</ObjectEvent>"""
OBJECT_1_2 = f"""<ObjectEvent>{WHEN}<baseExtension>{NAMED}<extension>
  <certificationInfo>https://example.com/certificate</certificationInfo></extension></baseExtension>
  <epcList>{EPCS}</epcList><action>ADD</action>{WHY}
  <extension><quantityList>{QUANTITY}</quantityList>{SIDES}{ILMD}
    <extension>{SENSED}</extension></extension>{NOTE}
</ObjectEvent>"""


def document(*events: str, edition: str = "2", before: str = "", inside: str = "") -> bytes:
    """An EPCISDocument; `before` comes before it, `inside` before its body."""
    version = {"1": "1.2", "2": "2.0"}[edition]
    return f"""{before}<epcis:EPCISDocument {NAMESPACES.format(edition=edition)}
 schemaVersion="{version}" creationDate="2026-03-01T08:00:00Z">{inside}
<EPCISBody>
<EventList>
{"".join(events)}
</EventList></EPCISBody></epcis:EPCISDocument>""".encode()
