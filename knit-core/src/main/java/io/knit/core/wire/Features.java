package io.knit.core.wire;

import io.knit.core.spec.SpecTable;
import java.util.List;
import java.util.stream.Stream;

/** What an agent can do that not every released one can: it names them in its heartbeat, and is asked for nothing else. */
public final class Features {
    /** It fetches the image of an instance before that is assigned to it, and says whether it could: {@link Prepare}. */
    public static final String PREPARE = "prepare";

    /** It waits, instead of ending, while the server is another cluster's. */
    public static final String WAIT = "wait";

    /** It gives back the digest that came with its set; without it, it works out {@link AssignmentSet#digest} as the first release did. */
    public static final String ECHO = "echo";

    /** It takes orders whose spec is named by its hash, and asks for the specs that it has not: {@link SpecBlob}. */
    public static final String SPECS = "specs";

    /** It says how long the phases of a start took: {@link InstanceStatus#start}. */
    public static final String TIMES = "times";

    /** It gives streams, and refuses what it does not know of them in words: {@code wire.asked.StreamRequest}. */
    public static final String STREAMS = "streams";

    /** It answers for the names of the fleet, and is told the table of them: {@link NamesPage}. */
    public static final String NAMES = "names";

    /** It removes volumes that are to go, and says which are gone: {@link VolumeRemoval}. */
    public static final String VOLUME_REMOVAL = "volume_removal";

    /** It gives what is in a volume as tar, and takes it: {@code wire.asked.StreamRequest}. */
    public static final String VOLUME_FILES = "volume_files";

    /** It knows of volumes whose slot moves: {@code wire.asked.VolumeAsked}. */
    public static final String VOLUME_MOVE = "volume_move";

    /** It takes images as tar: {@code wire.image.ImageAsked}. */
    public static final String IMAGES = "images";

    /** It says which images are on its host, and has those go that nothing uses: {@code wire.image.ImagesAsked}. */
    public static final String IMAGE_LIST = "image_list";

    /** It gives the logs of an instance's parts, and runs commands in them: {@code wire.asked.LogRange#part}, {@code wire.asked.ShellAsked#part}. */
    public static final String PART_STREAMS = "part_streams";

    /** It makes files that follow again, in containers that run, when an order has another version of what they read. */
    public static final String FOLLOWED_VALUES = "followed_values";

    /** Those of this version, with those of the spec's fields, in alphabetical order. */
    public static final List<String> ALL = Stream.concat(
                    Stream.of(
                            ECHO,
                            FOLLOWED_VALUES,
                            IMAGES,
                            IMAGE_LIST,
                            NAMES,
                            PART_STREAMS,
                            PREPARE,
                            SPECS,
                            STREAMS,
                            TIMES,
                            VOLUME_FILES,
                            VOLUME_MOVE,
                            VOLUME_REMOVAL,
                            WAIT),
                    SpecTable.features().stream())
            .sorted()
            .toList();

    /** It makes containers for the platform that their spec names: {@code platform} of the spec's fields. */
    public static final String PLATFORM = "platform";

    private Features() {}

    /** Those of an agent whose runtime makes containers for a platform, or does not. */
    public static List<String> of(boolean platforms) {
        return platforms
                ? ALL
                : ALL.stream().filter(each -> !each.equals(PLATFORM)).toList();
    }
}
