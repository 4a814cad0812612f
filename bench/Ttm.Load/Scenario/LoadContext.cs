using Ttm.Load.Api;
using Ttm.Load.Clients;
using Ttm.Load.Measurement;
using Ttm.Load.Speech;
using Ttm.Net;

namespace Ttm.Load.Scenario;

/// <summary>What all lessons of a run share.</summary>
internal sealed record LoadContext(LoadOptions Options, ServerApi Api, MediaClock Clock, ClientLoop Media, Joining Joining, Rounds Rounds, SpeechLoop Speech);
