package io.knit.plugin.docker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.AuthConfig;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.PullListener;
import io.knit.plugin.docker.engine.EngineErrors;
import io.knit.plugin.docker.engine.Work;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** Pulls an image from its registry, and gives the digest by which that has it, empty if the engine does not say; throws {@link PullFailure} if it can't be had. */
final class ImagePull implements Work<String> {
    /** What an engine says where it has the image of another platform by the digest of a list. */
    private static final String TAKEN = "cannot overwrite digest";

    private final ImageRequest request;
    private final Duration stall;
    private final Duration whole;
    private final PullListener listener;

    ImagePull(ImageRequest request, Duration stall, Duration whole, PullListener listener) {
        this.request = request;
        this.stall = stall;
        this.whole = whole;
        this.listener = listener;
    }

    @Override
    public String run(DockerClient client) throws Exception {
        try {
            return pulled(client);
        } catch (PullFailure e) {
            if (!e.detail().toLowerCase(Locale.ROOT).contains(TAKEN)) {
                throw e;
            }
            // as a tag does, which an engine moves by itself; what is made of the other image keeps it
            client.removeImageCmd(ImageCalls.byDigest(request.image()))
                    .withForce(true)
                    .exec();
            return pulled(client);
        }
    }

    private String pulled(DockerClient client) throws Exception {
        PullCourse course = new PullCourse(
                () -> listener.remark("a layer of " + request.image()
                        + " broke off on its way from the registry; the engine fetches it again"),
                listener::progressed);
        command(client).exec(course);
        try {
            Optional<String> error = course.await(stall, whole);
            if (error.isPresent()) {
                throw failure(error.get());
            }
            return course.digest();
        } catch (TimeoutException e) {
            throw new PullFailure(request, PullTrouble.UNREACHABLE, String.valueOf(e.getMessage()));
        } catch (Exception e) {
            Optional<DockerException> refusal = EngineErrors.find(e, DockerException.class);
            if (refusal.isPresent()) {
                throw failure(EngineErrors.message(refusal.get()));
            }
            throw e;
        }
    }

    private PullFailure failure(String said) {
        return new PullFailure(request, PullTrouble.of(said), said);
    }

    /** Without a tag the engine would pull every tag there is. */
    private PullImageCmd command(DockerClient client) {
        PullImageCmd command = client.pullImageCmd(request.image());
        if (!hasTagOrDigest(request.image())) {
            command.withTag("latest");
        }
        if (!request.platform().isEmpty()) {
            command.withPlatform(request.platform());
        }
        RegistryAuth auth = request.auth();
        if (auth != null) {
            command.withAuthConfig(login(auth).withRegistryAddress(registry(request.image())));
        }
        return command;
    }

    private static AuthConfig login(RegistryAuth auth) {
        return auth.username().equals(RegistryAuth.IDENTITY_TOKEN)
                ? new AuthConfig().withIdentityToken(auth.password())
                : new AuthConfig().withUsername(auth.username()).withPassword(auth.password());
    }

    static boolean hasTagOrDigest(String image) {
        return image.contains("@") || image.lastIndexOf(':') > image.lastIndexOf('/');
    }

    /** The first part of a reference is a registry if it could be a host. */
    static String registry(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
        return host ? first : AuthConfig.DEFAULT_SERVER_ADDRESS;
    }
}
