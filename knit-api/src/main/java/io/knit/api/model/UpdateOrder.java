package io.knit.api.model;

/** Which of a slot's two fillings goes first when the one takes the other's place. */
public enum UpdateOrder {
    /** {@link #START_FIRST} where both fit beside each other, else {@link #STOP_FIRST}. A fixed host port never fits twice. */
    AUTO,
    /** The old one runs on until the new one is healthy. For that time the node, or another, has both. */
    START_FIRST,
    /** The new one is started when the old one has stopped; its image is fetched before. */
    STOP_FIRST
}
