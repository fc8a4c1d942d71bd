"""Archive packages after Circular 05/2025/TT-BNV: E-ARK CSIP with METS, EAD and PREMIS."""
