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

    /** Of a network: its name among those of the cluster. */
    public static final String NETWORK = "knit.network";

    /** How the container is to be stopped, where its spec says so: for an agent that was started since and knows its spec no more. */
    public static final String STOP = "knit.stop";

    /** Of a volume: its name in the spec, or its path in the container where the image wanted it. */
    public static final String VOLUME = "knit.volume";

    /** Of a container or volume that is no instance's: Knit made it to reach a volume, which the label names as {@code DEPLOYMENT/SLOT/NAME}, and removes it when that is over. */
    public static final String WORK = "knit.work";

    /** Of a container of an instance that is not its main one: its name in the spec. It has no {@link #SPEC_HASH}, so that no agent takes it for the main one. */
    public static final String PART = "knit.part";

    /** Of a part that runs beside a main container: that one's id. Another's is no concern of it. */
    public static final String MAIN = "knit.main";

    /** How many of a slot that failed stay, where its spec said so when it was made: for an agent that was started since and knows its spec no more. */
    public static final String KEEP_FAILED = "knit.keep-failed";

    /**
     * Folders of the host that the container has, by the paths that their links led to when it was made, as a list in JSON: engines follow a link
     * that lies there since.
     */
    public static final String BINDS = "knit.binds";

    /** The deployments whose volumes the container shares, with commas between. */
    public static final String SHARES = "knit.shares";

    /** Of a volume with {@link #WORK}: its slot moves, so that all that is in it is on another node, too. */
    public static final String MOVE = "knit.move";

    /**
     * Set by who deploys a job with {@code stdin}, and so without the prefix: {@code true} says that he joins each attempt, which is to begin when he
     * has.
     */
    public static final String JOINED = "io.knit.joined";

    private KnitLabels() {}
}
