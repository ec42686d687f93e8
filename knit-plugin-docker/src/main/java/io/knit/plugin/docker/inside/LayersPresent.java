package io.knit.plugin.docker.inside;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.command.RootFS;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Image;
import io.knit.api.spi.runtime.ImagePresence;
import io.knit.plugin.docker.engine.Work;
import java.util.List;
import java.util.Optional;

/**
 * How much of an image there is. An engine that keeps images itself looks for each layer, by all that is below it, before it opens its file; one that leaves that to containerd wants all of a tar.
 */
public final class LayersPresent implements Work<ImagePresence> {
    /** Each costs a question. */
    private static final int MOST_IMAGES = 300;

    private static final String CONTAINERD = "io.containerd.snapshotter";

    private final String image;
    private final String id;
    private final List<String> layers;

    public LayersPresent(String image, String id, List<String> layers) {
        this.image = image;
        this.id = id;
        this.layers = List.copyOf(layers);
    }

    @Override
    public ImagePresence run(DockerClient client) {
        if (inspect(client, image).filter(it -> id.equals(it.getId())).isPresent()) {
            return new ImagePresence(true, layers.size());
        }
        return new ImagePresence(false, ofContainerd(client) ? 0 : most(client));
    }

    private int most(DockerClient client) {
        int most = 0;
        List<Image> all = client.listImagesCmd().exec();
        for (Image one : all.subList(0, Math.min(MOST_IMAGES, all.size()))) {
            if (most < layers.size()) {
                most = Math.max(
                        most, inspect(client, one.getId()).map(this::shared).orElse(0));
            }
        }
        return most;
    }

    private int shared(InspectImageResponse other) {
        RootFS files = other.getRootFS();
        List<String> theirs = files == null ? null : files.getLayers();
        int same = 0;
        while (theirs != null
                && same < Math.min(theirs.size(), layers.size())
                && theirs.get(same).equals(layers.get(same))) {
            same++;
        }
        return same;
    }

    private static boolean ofContainerd(DockerClient client) {
        List<List<String>> statuses = client.infoCmd().exec().getDriverStatuses();
        return statuses != null
                && statuses.stream()
                        .anyMatch(status ->
                                status.stream().anyMatch(word -> word != null && word.startsWith(CONTAINERD)));
    }

    private static Optional<InspectImageResponse> inspect(DockerClient client, String which) {
        try {
            return Optional.of(client.inspectImageCmd(which).exec());
        } catch (NotFoundException e) {
            // gone since it was listed
            return Optional.empty();
        }
    }
}
