package io.knit.plugin.docker.image;

import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.plugin.docker.engine.Work;
import java.util.Set;
import java.util.stream.Collectors;

/** What containers are made of, and how an image goes. */
public final class ImageCalls {
    private ImageCalls() {}

    /** By the names that were said when the containers were made, of all that there are. */
    public static Work<Set<String>> used() {
        return client -> client.listContainersCmd().withShowAll(true).exec().stream()
                .map(Container::getImage)
                .collect(Collectors.toSet());
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
