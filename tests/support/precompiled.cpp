// Nothing but the place that the precompiled headers of all tests are made in.
