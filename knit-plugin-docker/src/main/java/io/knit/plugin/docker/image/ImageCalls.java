package io.knit.plugin.docker.image;

import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Image;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.HostImage;
import io.knit.api.spi.runtime.ImageDisk;
import io.knit.plugin.docker.engine.Work;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which images there are, what containers are made of, and how an image goes. */
public final class ImageCalls {
    private static final String NONE = "<none>";

    private ImageCalls() {}

    /** By the names that were said when the containers were made, of all that there are. */
    public static Work<Set<String>> used() {
        return client -> client.listContainersCmd().withShowAll(true).exec().stream()
                .map(Container::getImage)
                .collect(Collectors.toSet());
    }

    /** Each once, with all its names and with how many containers are made of it. */
    public static Work<List<HostImage>> all() {
        return client -> {
            Map<String, Integer> containers = new HashMap<>();
            client.listContainersCmd()
                    .withShowAll(true)
                    .exec()
                    .forEach(container -> containers.merge(container.getImageId(), 1, Integer::sum));
            return client.listImagesCmd().exec().stream()
                    .map(image -> of(image, containers.getOrDefault(image.getId(), 0)))
                    .toList();
        };
    }

    private static HostImage of(Image image, int containers) {
        List<String> names = Stream.of(image.getRepoTags(), image.getRepoDigests())
                .filter(Objects::nonNull)
                .flatMap(Arrays::stream)
                // how the engine says that it has none
                .filter(name -> !name.contains(NONE))
                .toList();
        Long bytes = image.getSize();
        Long made = image.getCreated();
        return new HostImage(
                image.getId(),
                names,
                bytes == null ? 0 : Math.max(0, bytes),
                Instant.ofEpochSecond(made == null ? 0 : made),
                containers);
    }

    /** The file system of an engine that keeps its files on this host. */
    public static Work<ImageDisk> disk() {
        return client -> {
            String folder = client.infoCmd().exec().getDockerRootDir();
            if (folder == null) {
                return ImageDisk.UNKNOWN;
            }
            try {
                FileStore store = Files.getFileStore(Path.of(folder));
                return new ImageDisk(store.getTotalSpace(), Math.min(store.getTotalSpace(), store.getUsableSpace()));
            } catch (IOException | InvalidPathException e) {
                // an agent in a container of its own does not see it
                return ImageDisk.UNKNOWN;
            }
        };
    }

    /** Never by force: the engine refuses what a container is made of. */
    public static Work<Boolean> remove(String image) {
        return client -> {
            try {
                client.removeImageCmd(byDigest(image)).withForce(false).exec();
                return true;
            } catch (NotFoundException e) {
                return false;
            } catch (ConflictException e) {
                throw new KnitException(ErrorCode.IN_USE, "a container is made of the image " + image, e);
            }
        };
    }

    /** What was pulled by its digest has no tag. */
    static String byDigest(String image) {
        int at = image.indexOf('@');
        if (at < 0) {
            return image;
        }
        String name = image.substring(0, at);
        int colon = name.lastIndexOf(':');
        return (colon > name.lastIndexOf('/') ? name.substring(0, colon) : name) + image.substring(at);
    }
}
