"""The EHR's appointment messages (HL7 version 2) in, and the texts to patients out."""
