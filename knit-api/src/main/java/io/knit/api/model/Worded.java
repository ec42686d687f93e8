package io.knit.api.model;

/** A choice that is written otherwise than its constant is called. */
public interface Worded {
    /** As it stands in a spec. */
    String word();
}
