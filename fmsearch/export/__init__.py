"""Handing models over: chosen from a run, written in a format, run again in a fresh process, with a card beside."""
