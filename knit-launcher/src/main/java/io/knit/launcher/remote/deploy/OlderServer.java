package io.knit.launcher.remote.deploy;

import io.knit.api.error.ErrorCode;
import io.knit.client.KnitClientException;
import io.knit.core.server.compose.ComposeService;
import io.knit.core.server.compose.ComposeStack;
import io.knit.core.server.compose.text.ComposeFinding;
import io.knit.launcher.program.Console;
import java.util.function.Supplier;

/** One that does not know a field which stands in no Compose file, and which its deployments do without: files that it took it still takes. */
final class OlderServer {
    private static final String NEAR = "near";

    private OlderServer() {}

    /**
     * What a server answers of a service. One to which {@code near} is unknown is asked again without, as it is from then on of all of the stack, which is said.
     *
     * @param asks sends the service's spec, and does nothing where it is refused
     * @throws KnitClientException if it is against it for something else
     */
    static <T> T asked(ComposeStack stack, ComposeService service, Console console, Supplier<T> asks) {
        try {
            return asks.get();
        } catch (KnitClientException e) {
            if (!lacksNear(e) || !isMade(stack, service)) {
                throw e;
            }
            stack.services().forEach(each -> each.spec().remove(NEAR));
            String words = "the server is older, and keeps services that look for each other on no node together";
            ComposeFiles.say(new ComposeFinding(service.at(""), false, words, "upgrade it, and deploy again"), console);
            console.err().flush();
            return asks.get();
        }
    }

    private static boolean lacksNear(KnitClientException refusal) {
        return refusal.problems().stream()
                .anyMatch(problem -> problem.code().equals(ErrorCode.UNKNOWN_FIELD.wireName())
                        && problem.pointer().equals("/" + NEAR));
    }

    /** Whether it comes from what the file says: a service that is alone looks for no other, and has it of {@code --set}. */
    private static boolean isMade(ComposeStack stack, ComposeService service) {
        return stack.services().size() > 1 && service.spec().has(NEAR);
    }
}
