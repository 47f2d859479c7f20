using ClipGuard.Media.Wire;
using ClipGuard.Supervision.Processes;

using Microsoft.Extensions.Logging;

namespace ClipGuard.Supervision.Helpers;

// Everything that the lock guards, in one place.
internal sealed partial class HelperPool
{
    private readonly Lock _gate = new();
    private readonly SupervisorOptions _options;
    private readonly ILogger _logger;

    // Who decodes. A waiter leaves the queue when it is given a helper, and a helper that is given a decode is in _ready no more.
    private readonly DecodePlaces _places;
    private readonly LinkedList<Waiter> _waiters = [];
    private readonly List<Helper> _ready = [];
    private bool _serving;

    // Decodes going on that wait: no more than there are leases.
    private int _waiting;

    // How many helpers there are. _all has those whose processes live; of _wanted helpers _starting have not said yet that they are ready, and of those
    // _pendingStarts have no process yet. _wanted leaves out those that can decode no more.
    private readonly HashSet<Helper> _all = [];
    private int _wanted;
    private int _starting;
    private int _pendingStarts;
    private int _givingBack;

    // From the first helper that is lost or fresh one that is asked for on, and at the latest a moment after the start, which spares would only make longer.
    private bool _sparesAreDue;
    private long _lastId;

    // How they are started.
    private readonly HelperLaunch _launch;
    private readonly HelperSpawner _spawner;
    private readonly HelperTemplate? _template;
    private int _failedStarts;
    private bool _retryIsSet;
    private HelperUnavailableException? _startFailure;
    private readonly TaskCompletionSource<ReadyMessage> _greeting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The storage that clips lie on. Of the unkillable helpers those in _waitingForStorage wait for it, and each still holds its lease.
    private readonly StorageBreaker _storage;
    private int _unkillable;
    private int _waitingForStorage;
    private bool _storageIsTimed;

    // Decodes going on that read it, those of stuck helpers not counted, and when one last had an answer of it.
    private int _reading;
    private long _storageAnsweredAt;

    // Helpers that stay in use after they have found a fault.
    private readonly Dictionary<string, KnownClip> _knownClips = [];

    // Counts down to the next finding that is confirmed: the first at once.
    private int _untilConfirmed = 1;
    private long _kept;
    private long _notKept;
    private long _confirmed;
    private long _unconfirmed;
    private string? _disagreement;

    // The end.
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HelperUnavailableException? _broken;
    private bool _disposed;
    private bool _watchEndsWithTheLast;
}
