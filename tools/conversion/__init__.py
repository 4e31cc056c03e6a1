"""The tool that translates identifiers of molecules and targets, and says where its sources disagree."""
