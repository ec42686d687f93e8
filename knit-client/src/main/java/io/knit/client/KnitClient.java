package io.knit.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks one server, by its REST API. Answers are the API's own JSON trees, so that what a newer server tells is not lost on the way. Each method
 * waits for its answer, and throws {@link KnitClientException}. Thread-safe.
 *
 * <pre>{@code
 * KnitClient knit = KnitClient.of(server);
 * ChangeAnswer accepted = knit.deploy(spec, ChangeTerms.none().waiting(Duration.ofMinutes(2)));
 * knit.deployments().path("deployments").forEach(one -> names.add(one.path("name").asText()));
 * }</pre>
 */
public final class KnitClient {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** What a server reads of an address, less the rest of it. */
    private static final int LONGEST_QUERY = 16_000;

    /** Of an address's 1,000 parameters, beside the other ones of a command. */
    private static final int MOST_WORDS = 990;

    private static final String SCRIPT =
            "; give a script by standard input, as in knit exec -i web sh < script.sh, or copy it there with knit cp";

    private final Requests requests;

    KnitClient(Requests requests) {
        this.requests = requests;
    }

    /**
     * @param server such as {@code http://10.54.0.1:8080}; a path before the API's own is kept
     * @throws IllegalArgumentException if that is no {@code http} or {@code https} address
     */
    public static KnitClient of(URI server) {
        return builder(server).build();
    }

    /** The same, with more to say: who asks. */
    public static KnitClientBuilder builder(URI server) {
        return new KnitClientBuilder(server);
    }

    /** The server's address, without a slash at its end. */
    public String server() {
        return requests.server();
    }

    public JsonNode deployments() {
        return requests.get("/deployments", Map.of());
    }

    public JsonNode deployment(String name) {
        return requests.get("/deployments/" + Requests.segment(name), Map.of());
    }

    /** One as it was then, with the instances it had: as far back as the history goes. */
    public JsonNode deployment(String name, Instant at) {
        return requests.get("/deployments/" + Requests.segment(name), Map.of("at", at.toString()));
    }

    public JsonNode nodes() {
        return requests.get("/nodes", Map.of());
    }

    public JsonNode node(String id) {
        return requests.get("/nodes/" + Requests.segment(id), Map.of());
    }

    /** @param spec as {@code POST /deployments} takes it */
    public ChangeAnswer deploy(JsonNode spec, ChangeTerms terms) {
        return requests.change("POST", "/deployments", spec, terms);
    }

    /**
     * Deploys a Compose file as a stack.
     *
     * @param file as {@code POST /compose} takes it: its text as {@code file}, and what is around it
     * @param terms not of a revision: a stack has none
     */
    public ChangeAnswer compose(JsonNode file, ChangeTerms terms) {
        return requests.change("POST", "/compose", file, terms);
    }

    public ChangeAnswer undeploy(String name, ChangeTerms terms) {
        return requests.change("DELETE", "/deployments/" + Requests.segment(name), null, terms);
    }

    /** @param volumes whether its volumes go, too, with what is in them */
    public ChangeAnswer undeploy(String name, boolean volumes, ChangeTerms terms) {
        String path = "/deployments/" + Requests.segment(name);
        return requests.change("DELETE", path, volumes ? Map.of("volumes", "true") : Map.of(), null, terms);
    }

    public ChangeAnswer scale(String name, int replicas, ChangeTerms terms) {
        return command(name, "scale", object().put("replicas", replicas), terms);
    }

    /** @param pull whether each node asks the registry what the image's tag means now */
    public ChangeAnswer restart(String name, boolean pull, ChangeTerms terms) {
        return command(name, "restart", pull ? object().put("pull", true) : null, terms);
    }

    /** @param revision null: the newest other one that was healthy in every slot */
    public ChangeAnswer rollback(String name, @Nullable Long revision, ChangeTerms terms) {
        return command(name, "rollback", revision == null ? null : object().put("revision", revision), terms);
    }

    public ChangeAnswer pause(String name, ChangeTerms terms) {
        return wished(command(name, "pause", null, terms), terms);
    }

    public ChangeAnswer resume(String name, ChangeTerms terms) {
        return command(name, "resume", null, terms);
    }

    public ChangeAnswer promote(String name, ChangeTerms terms) {
        return command(name, "promote", null, terms);
    }

    private ChangeAnswer command(String name, String word, @Nullable JsonNode body, ChangeTerms terms) {
        return requests.change("POST", "/deployments/" + Requests.segment(name) + "/" + word, body, terms);
    }

    public JsonNode revisions(String name) {
        return requests.get("/deployments/" + Requests.segment(name) + "/revisions", Map.of());
    }

    /** One of them, with its spec. */
    public JsonNode revision(String name, long number) {
        return requests.get("/deployments/" + Requests.segment(name) + "/revisions/" + number, Map.of());
    }

    /**
     * @param from null: the one before {@code to}
     * @param to null: the present one
     */
    public JsonNode diff(String name, @Nullable Long from, @Nullable Long to) {
        Map<String, String> query = new LinkedHashMap<>();
        put(query, "from", from);
        put(query, "to", to);
        return requests.get("/deployments/" + Requests.segment(name) + "/diff", query);
    }

    public JsonNode explainDeployment(String name) {
        return requests.get("/deployments/" + Requests.segment(name) + "/explain", Map.of());
    }

    public JsonNode explainInstance(String id) {
        return requests.get("/instances/" + Requests.segment(id) + "/explain", Map.of());
    }

    /** @param deadline after which what still runs there is stopped; null: none */
    public ChangeAnswer drain(String node, @Nullable Duration deadline, ChangeTerms terms) {
        return drain(node, deadline, null, terms);
    }

    /**
     * The same in an order.
     *
     * @param startFirst whether what is there is stopped only once its successor is healthy, or before that starts; null: as each deployment's update says
     */
    public ChangeAnswer drain(
            String node, @Nullable Duration deadline, @Nullable Boolean startFirst, ChangeTerms terms) {
        ObjectNode body = object();
        if (deadline != null) {
            body.put("deadline", Requests.duration(deadline));
        }
        if (startFirst != null) {
            body.put("start_first", startFirst);
        }
        return wished(requests.change("POST", nodePath(node) + "/drain", body.isEmpty() ? null : body, terms), terms);
    }

    /** That it is wished is answered with 200; it comes from then on. */
    private static ChangeAnswer wished(ChangeAnswer made, ChangeTerms terms) {
        boolean settled = made.settled() && terms.patience() != null;
        return new ChangeAnswer(settled, made.unsettled(), made.timedOut(), made.body());
    }

    public ChangeAnswer activate(String node, ChangeTerms terms) {
        return wished(requests.change("POST", nodePath(node) + "/activate", null, terms), terms);
    }

    public ChangeAnswer pauseNode(String node, ChangeTerms terms) {
        return requests.change("POST", nodePath(node) + "/pause", null, terms);
    }

    /** @param labels a null value takes the label away */
    public ChangeAnswer label(String node, Map<String, @Nullable String> labels, ChangeTerms terms) {
        ObjectNode wished = object();
        labels.forEach(wished::put);
        return requests.change("PATCH", nodePath(node), object().set("labels", wished), terms);
    }

    public ChangeAnswer forgetNode(String node, ChangeTerms terms) {
        return requests.change("DELETE", nodePath(node), null, terms);
    }

    /** @param mostMoves 1–1000 */
    public ChangeAnswer rebalance(int mostMoves, ChangeTerms terms) {
        return requests.change("POST", "/rebalance", object().put("max_moves", mostMoves), terms);
    }

    public JsonNode tokens() {
        return requests.get("/tokens", Map.of());
    }

    /**
     * Makes a token. Its text is in the answer's {@code token}, and nowhere else, ever.
     *
     * @param wish as {@code POST /tokens} takes it: {@code role}, and perhaps {@code name}, {@code deployments} and {@code ttl}
     */
    public JsonNode createToken(JsonNode wish) {
        return requests.change("POST", "/tokens", wish, ChangeTerms.none()).body();
    }

    public JsonNode revokeToken(String name) {
        return requests.change("DELETE", "/tokens/" + Requests.segment(name), null, ChangeTerms.none())
                .body();
    }

    /**
     * A backup of the server, which holds secrets. It is made before the first byte comes.
     *
     * @return a ZIP file, which the caller closes; its reading fails where it is cut off
     */
    public InputStream backup() {
        return requests.download("/backup");
    }

    /**
     * What the server decided lately, and from what, without secrets: a file for a bug report, which {@code knit replay} reads.
     *
     * @return lines of JSON, which the caller closes; its reading fails where it is cut off
     */
    public InputStream incident() {
        return requests.download("/incident");
    }

    /**
     * What was done, by whom, and what came of it, newest first: one page.
     *
     * @param deployment about which, also one that is gone; null: about all
     * @param after {@code next} of the page before, for older ones; null: the newest
     * @param limit 1–1000 entries
     */
    public JsonNode history(@Nullable String deployment, @Nullable Long after, int limit) {
        Map<String, String> query = new LinkedHashMap<>();
        put(query, "deployment", deployment);
        put(query, "after", after);
        query.put("limit", String.valueOf(limit));
        return requests.get("/history", query);
    }

    /** All webhooks, by name. */
    public JsonNode webhooks() {
        return requests.get("/webhooks", Map.of());
    }

    /**
     * Makes a webhook. What its messages are signed with is in the answer's {@code secret}, and nowhere else, ever.
     *
     * @param wish as {@code POST /webhooks} takes it: {@code name}, {@code url}, and perhaps {@code events}, {@code deployments} and {@code allow_http}
     */
    public JsonNode createWebhook(JsonNode wish) {
        return requests.change("POST", "/webhooks", wish, ChangeTerms.none()).body();
    }

    public JsonNode removeWebhook(String name) {
        return requests.change("DELETE", "/webhooks/" + Requests.segment(name), null, ChangeTerms.none())
                .body();
    }

    /** Sends one message to a webhook to see whether it arrives; what became of it is the answer. */
    public JsonNode testWebhook(String name) {
        return requests.change("POST", "/webhooks/" + Requests.segment(name) + "/test", null, ChangeTerms.none())
                .body();
    }

    /** All variables, by name, without what they hold. */
    public JsonNode vars() {
        return requests.get("/vars", Map.of());
    }

    /** One of them, with what it holds in {@code value}. */
    public JsonNode var(String name) {
        return requests.get("/vars/" + Requests.segment(name), Map.of());
    }

    /** Makes a variable, or gives it another text. */
    public JsonNode setVar(String name, String text) {
        return set("vars", name, object().put("value", text));
    }

    public JsonNode removeVar(String name) {
        return remove("vars", name);
    }

    /** All secrets, by name; what they hold is told to nobody. */
    public JsonNode secrets() {
        return requests.get("/secrets", Map.of());
    }

    /** One of them: since when it is there, and as what; not what it holds. */
    public JsonNode secret(String name) {
        return requests.get("/secrets/" + Requests.segment(name), Map.of());
    }

    /** Makes a secret, or gives it another content. */
    public JsonNode setSecret(String name, byte[] content) {
        return set("secrets", name, object().put("base64", Base64.getEncoder().encodeToString(content)));
    }

    public JsonNode removeSecret(String name) {
        return remove("secrets", name);
    }

    /** Seals all secrets anew with another key. */
    public JsonNode rotateSecrets() {
        return requests.change("POST", "/keys/rotate", null, ChangeTerms.none()).body();
    }

    /** All files, by name, without what they hold. */
    public JsonNode files() {
        return requests.get("/files", Map.of());
    }

    /** One of them, with what it holds in {@code value} if it is text, else in {@code base64}. */
    public JsonNode file(String name) {
        return requests.get("/files/" + Requests.segment(name), Map.of());
    }

    /** Keeps a file's content under a name. */
    public JsonNode setFile(String name, byte[] content) {
        return set("files", name, object().put("base64", Base64.getEncoder().encodeToString(content)));
    }

    public JsonNode removeFile(String name) {
        return remove("files", name);
    }

    /** The registries to which nodes log in when they pull, by host; passwords are told to nobody. */
    public JsonNode registries() {
        return requests.get("/registries", Map.of());
    }

    /** One of them. */
    public JsonNode registry(String host) {
        return requests.get("/registries/" + Requests.segment(host), Map.of());
    }

    /**
     * Has nodes log in to a registry from their next pull on.
     *
     * @param host as images begin with it; {@code docker.io} for those that name none
     */
    public JsonNode setRegistry(String host, String username, String password) {
        return set("registries", host, object().put("username", username).put("password", password));
    }

    public JsonNode removeRegistry(String host) {
        return remove("registries", host);
    }

    /**
     * Volumes of slots, by deployment, slot, name and node, also of deployments that are gone.
     *
     * @param deployment whose; null: of all
     * @param node where; null: on all
     */
    public JsonNode volumes(@Nullable String deployment, @Nullable String node) {
        Map<String, String> query = new LinkedHashMap<>();
        put(query, "deployment", deployment);
        put(query, "node", node);
        return requests.get("/volumes", query);
    }

    /**
     * One of them.
     *
     * @param node where it is; null: on one node only
     */
    public JsonNode volume(String deployment, String slot, String name, @Nullable String node) {
        return requests.get(volumePath(deployment, slot, name), on(node));
    }

    /** Has one removed, with what is in it; refused while an instance that is wanted has it. It is shown until its node has done so. */
    public JsonNode removeVolume(String deployment, String slot, String name, @Nullable String node) {
        return requests.change("DELETE", volumePath(deployment, slot, name), on(node), null, ChangeTerms.none())
                .body();
    }

    /**
     * Has a slot moved to another node together with its volumes. It is under way then: {@link #volumes} shows it until it is over, and where they are.
     *
     * @param slot its number
     * @param to id of the node
     */
    public JsonNode moveSlot(String name, String slot, String to) {
        return command(name, "move", object().put("slot", slot).put("to", to), ChangeTerms.none())
                .body();
    }

    /** Ends a move where the slot was. */
    public JsonNode cancelMove(String name, String slot) {
        return requests.change("DELETE", movePath(name), Map.of("slot", slot), null, ChangeTerms.none())
                .body();
    }

    private static String movePath(String name) {
        return "/deployments/" + Requests.segment(name) + "/move";
    }

    /**
     * What is in a volume, also of a deployment that is gone.
     *
     * @return a tar, whose entries are all of the folder {@code volume}; close it. Reading it fails if it is not whole
     */
    public InputStream snapshotVolume(String deployment, String slot, String name, @Nullable String node) {
        return requests.download(volumePath(deployment, slot, name) + "/snapshot", on(node));
    }

    /**
     * Puts what is in a tar in the place of what is in a volume, when all of it came; until then nothing in the volume is changed. Refused while an instance that is wanted has it.
     *
     * @param tar as {@link #snapshotVolume} gives it; read to its end, or until the server refuses it
     */
    public void restoreVolume(String deployment, String slot, String name, @Nullable String node, InputStream tar) {
        requests.upload("PUT", volumePath(deployment, slot, name) + "/snapshot", on(node), tar);
    }

    /**
     * Pushes an image to nodes, which then have it without any registry. It goes to them when all of it came; returns when each has it, or has not, for as long as that takes.
     *
     * @param image its name, with its tag
     * @param nodes by their ids; none: all that are ready and not drained
     * @param tar of this one image, as {@code docker save} gives it; read to its end, or until the server refuses it
     * @return {@code nodes}: what became of it on each
     */
    public JsonNode pushImage(String image, Collection<String> nodes, InputStream tar) {
        String words = query(nodes.stream().map(node -> Requests.parameter("node", node)));
        return requests.upload("POST", "/images/" + Requests.segment(image) + words, Map.of(), tar);
    }

    /**
     * Which images nodes have, whoever brought them.
     *
     * @param nodes by their ids; none: all that are not down
     * @return {@code images}, and {@code nodes}: which were asked
     */
    public JsonNode images(Collection<String> nodes) {
        return requests.get("/images" + query(nodes.stream().map(node -> Requests.parameter("node", node))), Map.of());
    }

    /**
     * Has nodes let go of images that their agents fetched and nothing uses; returns when they are gone, for as long as that takes.
     *
     * @param nodes by their ids; none: all that are not down
     * @param pushed whether those that were pushed and nothing uses go as well
     * @param dryRun whether it is only said which would go
     * @return {@code images}: what became of each, and {@code nodes}: which were asked
     */
    public JsonNode pruneImages(Collection<String> nodes, boolean pushed, boolean dryRun) {
        Stream<String> flags = Stream.of("pushed=" + pushed, "dry_run=" + dryRun);
        return requests.work(
                "DELETE",
                "/images" + query(Stream.concat(flags, nodes.stream().map(node -> Requests.parameter("node", node)))),
                !dryRun);
    }

    private static String query(Stream<String> parameters) {
        String words = parameters.collect(Collectors.joining("&"));
        return words.isEmpty() ? "" : "?" + words;
    }

    private static String volumePath(String deployment, String slot, String name) {
        return "/volumes/" + Requests.segment(deployment) + "/" + Requests.segment(slot) + "/" + Requests.segment(name);
    }

    private static Map<String, String> on(@Nullable String node) {
        return node == null ? Map.of() : Map.of("node", node);
    }

    private JsonNode set(String kind, String name, JsonNode body) {
        return requests.change("PUT", "/" + kind + "/" + Requests.segment(name), body, ChangeTerms.none())
                .body();
    }

    private JsonNode remove(String kind, String name) {
        return requests.change("DELETE", "/" + kind + "/" + Requests.segment(name), null, ChangeTerms.none())
                .body();
    }

    /**
     * What the templates of a spec would become; nothing is done.
     *
     * @param spec as {@code POST /deployments} takes it
     * @param node on which; null: on those that would get an instance
     */
    public JsonNode render(JsonNode spec, @Nullable String node) {
        Map<String, String> query = node == null ? Map.of() : Map.of("node", node);
        return requests.ask("/render", query, spec);
    }

    /** @param scenario as {@code POST /simulate} takes it */
    public JsonNode simulate(JsonNode scenario) {
        return requests.ask("/simulate", Map.of(), scenario);
    }

    /**
     * Reads events until the server ends the stream, the connection breaks, nothing is heard for 45 seconds (a server says something each 15) or the
     * thread is interrupted.
     *
     * @param deployment null: of everything
     * @param since null: what happens from now on
     * @param reader is called on this thread, in order; what it throws ends the reading
     */
    public void events(@Nullable String deployment, @Nullable Instant since, Consumer<JsonNode> reader) {
        events(deployment, since, () -> {}, reader);
    }

    /**
     * The same.
     *
     * @param opened is called on this thread when the server listens: what happens from then on is told
     */
    public void events(
            @Nullable String deployment, @Nullable Instant since, Runnable opened, Consumer<JsonNode> reader) {
        Map<String, String> query = new LinkedHashMap<>();
        put(query, "deployment", deployment);
        put(query, "since", since);
        requests.events(query, opened, reader);
    }

    /**
     * Reads what an instance wrote, until its end or the thread is interrupted. Where the way breaks, or nothing is heard for 75 seconds (a server says
     * something each 30), it goes on from the last line.
     *
     * @param reader is called on this thread, in order, with an {@code event} ({@code line} or {@code note}), the {@code instance}, and
     *     {@code time}, {@code stream} and {@code text} of a line or the {@code message} of a note; what it throws ends the reading
     */
    public void instanceLogs(String id, LogTerms terms, Consumer<JsonNode> reader) {
        new LogEvents(requests, "/instances/" + Requests.segment(id) + "/logs", terms, reader).read();
    }

    /** The same of all instances of a deployment, interleaved by time. */
    public void deploymentLogs(String name, LogTerms terms, Consumer<JsonNode> reader) {
        new LogEvents(requests, "/deployments/" + Requests.segment(name) + "/logs", terms, reader).read();
    }

    /**
     * Runs a command in a container of an instance.
     *
     * @param command the program and its arguments, no shell's
     * @param output is told what it writes
     * @return once it runs; close it
     * @throws IllegalArgumentException if the command is too long for an address, of which a server reads 16 KiB
     */
    public RemoteShell exec(String instance, List<String> command, ShellTerms terms, ShellOutput output) {
        if (command.size() > MOST_WORDS) {
            throw new IllegalArgumentException("the command is too long: it has " + command.size()
                    + " words, of which there may be " + MOST_WORDS + SCRIPT);
        }
        StringBuilder query = new StringBuilder("?tty=" + terms.terminal());
        command.forEach(word -> query.append('&').append(Requests.parameter("command", word)));
        if (query.length() > LONGEST_QUERY) {
            throw new IllegalArgumentException("the command is too long: as part of an address it has " + query.length()
                    + " bytes, of which there may be "
                    + LONGEST_QUERY + SCRIPT);
        }
        if (terms.part() != null) {
            query.append('&').append(Requests.parameter("part", terms.part()));
        }
        return shell(instance, "exec", query.append('&').append(sized(terms)).toString(), output);
    }

    /**
     * Joins the first process of an instance's container: what it writes from now on, and perhaps what it reads.
     *
     * @param terms with input only if its spec has {@code stdin}, with a terminal only if it has {@code tty}
     */
    public RemoteShell attach(String instance, ShellTerms terms, ShellOutput output) {
        // a server of before knows neither
        String more = (terms.terminal() ? "&tty=true" : "") + (terms.early() ? "&early=true" : "");
        return shell(instance, "attach", "?" + sized(terms) + more, output);
    }

    private static String sized(ShellTerms terms) {
        return "stdin=" + terms.input() + (terms.columns() > 0 ? "&columns=" + terms.columns() : "")
                + (terms.rows() > 0 ? "&rows=" + terms.rows() : "");
    }

    private RemoteShell shell(String instance, String what, String query, ShellOutput output) {
        RemoteShell shell = new RemoteShell(output);
        requests.connect("/instances/" + Requests.segment(instance) + "/" + what, query, shell.listener());
        return shell;
    }

    /**
     * A file or folder of an instance's container.
     *
     * @param path absolute
     * @return a tar, whose entries begin with the path's last part; close it. Reading it fails if it is not whole
     */
    public InputStream copyFrom(String instance, String path) {
        return requests.download("/instances/" + Requests.segment(instance) + "/files", Map.of("path", path));
    }

    /**
     * Unpacks a tar in a folder of an instance's container.
     *
     * @param folder absolute, and there
     * @param tar is read to its end, or until the server refuses it
     */
    public void copyTo(String instance, String folder, InputStream tar) {
        requests.upload("PUT", "/instances/" + Requests.segment(instance) + "/files", Map.of("path", folder), tar);
    }

    /** What an instance uses now: CPU, memory, network, disk. Takes about two seconds. */
    public JsonNode instanceStats(String id) {
        return requests.get("/instances/" + Requests.segment(id) + "/stats", Map.of());
    }

    /** The same of all instances of a deployment that run. */
    public JsonNode deploymentStats(String name) {
        return requests.get("/deployments/" + Requests.segment(name) + "/stats", Map.of());
    }

    /** What a node's host uses now, containers or not. */
    public JsonNode nodeStats(String node) {
        return requests.get(nodePath(node) + "/stats", Map.of());
    }

    private static String nodePath(String id) {
        return "/nodes/" + Requests.segment(id);
    }

    private static ObjectNode object() {
        return JSON.objectNode();
    }

    private static void put(Map<String, String> query, String key, @Nullable Object value) {
        if (value != null) {
            query.put(key, value.toString());
        }
    }
}
