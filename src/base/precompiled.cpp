// Nothing but the place that the precompiled headers of all layers are made in.
