package io.knit.core.server.schedule.fit;

/** Kinds of reasons why a node does not fit, in the order in which they are looked for: the first is the one that counts. */
public enum Misfit {
    TAKES_NO_WORK("take no work now"),
    CLEARED("are being cleared for others"),
    LACKS_FEATURE("have an agent that knows too little"),
    NOT_ALLOWED("do not allow it"),
    LABEL("do not match"),
    MESH_ADDRESS("do not have the address"),
    MAX_PER_NODE("have as many of it as may be"),
    NO_CAPACITY("have not told their capacity"),
    NO_ROOM("have too little free"),
    HOST_PORT("have a host port taken"),
    REJECTED_BEFORE("are not asked yet"),
    NO_FREE_PORT("have no free host port");

    /** What is said of nodes that are not named. */
    final String ofOthers;

    Misfit(String ofOthers) {
        this.ofOthers = ofOthers;
    }
}
