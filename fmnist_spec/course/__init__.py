"""The gate: does this notebook still teach the lesson?"""
