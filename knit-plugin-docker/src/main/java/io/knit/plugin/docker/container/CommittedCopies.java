package io.knit.plugin.docker.container;

import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerConfig;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.plugin.docker.engine.Asides;
import io.knit.plugin.docker.engine.EngineErrors;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells containers that people run of an image that {@code docker commit} made of an instance's: it has that one's labels, and so has what is run of
 * it. Thread-safe.
 */
public final class CommittedCopies {
    private static final Logger LOG = LoggerFactory.getLogger(CommittedCopies.class);

    private static final String NAMED = "knit-";

    /** By the image's id; empty: it is of none. */
    private final Map<String, String> instanceOfImages = EndWords.remembering();

    private final Map<String, String> told = EndWords.remembering();

    /** Where the engine can't say it, it is none. */
    boolean has(Asides.Round more, Container container) {
        Map<String, String> labels = container.getLabels();
        String instance = labels == null ? null : labels.get(KnitLabels.INSTANCE);
        if (instance == null) {
            return false;
        }
        String name = ContainerList.name(container);
        String part = labels.get(KnitLabels.PART);
        // that nobody is asked of what is called as Knit calls it
        if (name.equals(NAMED + instance) || part != null && name.equals(NAMED + instance + "-" + part)) {
            return false;
        }
        boolean copy = instance.equals(instanceOfImage(more, container.getImageId()));
        if (copy && told.put(container.getId(), name) == null) {
            LOG.warn(
                    "container {} was run from an image that docker commit made of {}{}: it is left alone, and is yours to remove",
                    EngineErrors.oneLine(name),
                    NAMED,
                    EngineErrors.oneLine(instance));
        }
        return copy;
    }

    /**
     * The labels of a container that Knit makes of an image, with an empty one in the place of each of Knit's that the image has besides: an engine takes
     * none back.
     */
    static Map<String, String> over(@Nullable ContainerConfig image, Map<String, String> own) {
        Map<String, String> labels = image == null ? null : image.getLabels();
        if (labels == null) {
            return own;
        }
        Map<String, String> all = new HashMap<>(own);
        labels.keySet().stream()
                .filter(key -> key.startsWith(KnitLabels.PREFIX))
                .forEach(key -> all.putIfAbsent(key, ""));
        return all;
    }

    /** The labels of a container without those that {@link #over} took back. */
    static Map<String, String> own(@Nullable Map<String, String> labels) {
        if (labels == null) {
            return Map.of();
        }
        Map<String, String> own = new HashMap<>(labels);
        own.entrySet().removeIf(label -> label.getKey().startsWith(KnitLabels.PREFIX) && "".equals(label.getValue()));
        return own;
    }

    private String instanceOfImage(Asides.Round more, @Nullable String image) {
        return image == null
                ? ""
                : EndWords.ofImage(instanceOfImages, image, more, client -> {
                    ContainerConfig config =
                            client.inspectImageCmd(image).exec().getConfig();
                    Map<String, String> labels = config == null ? null : config.getLabels();
                    return labels == null ? "" : labels.getOrDefault(KnitLabels.INSTANCE, "");
                });
    }
}
