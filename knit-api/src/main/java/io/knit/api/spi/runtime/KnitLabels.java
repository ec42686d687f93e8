package io.knit.api.spi.runtime;

/** The labels by which Knit knows its containers. A container without {@link #CLUSTER} is not Knit's and never touched. */
public final class KnitLabels {
    public static final String PREFIX = "knit.";
    public static final String CLUSTER = "knit.cluster";
    /** The node whose agent made the container. */
    public static final String NODE = "knit.node";

    public static final String DEPLOYMENT = "knit.deployment";
    public static final String REVISION = "knit.revision";
    public static final String INSTANCE = "knit.instance";
    public static final String SLOT = "knit.slot";
    public static final String SPEC_HASH = "knit.spec-hash";

    private KnitLabels() {}
}
