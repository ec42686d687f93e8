package io.knit.core.server.documents.kept;

import io.knit.api.model.SlotVolume;

/** The tables of documents that the server keeps in its store. What has another writer has another table. */
public final class Tables {
    public static final String META = "meta";
    public static final String DEPLOYMENT = "deployment";
    public static final String REVISION = "revision";
    public static final String SPEC = "spec";
    /** Specs whose registry's password is sealed. */
    public static final String SEALED = "sealed";

    public static final String INSTANCE = "instance";
    public static final String OBSERVED = "observed";
    public static final String NODE = "node";
    public static final String FACTS = "facts";
    public static final String JUDGEMENT = "judgement";
    public static final String EVENT = "event";
    public static final String TOKEN = "token";
    public static final String WEBHOOK = "webhook";
    public static final String COURSE = "course";
    public static final String VALUE = "value";
    public static final String OLDER_VALUE = "older_value";
    public static final String VOLUME = "volume";
    /** Volumes of which a move left an old copy. A release that knows no moves would run the slot by them: it refuses a store that has this table. */
    public static final String LEFT_VOLUME = "left_volume";
    /** Moves that are under way; refused likewise. */
    public static final String MOVE = "move";

    private Tables() {}

    /** The one in which it is kept. */
    public static String of(SlotVolume volume) {
        return volume.movedTo() == null ? VOLUME : LEFT_VOLUME;
    }
}
