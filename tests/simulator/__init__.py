"""Tests of the Incode simulator."""
