using System.Collections.Concurrent;

namespace Ttm.Sfu.Lessons;

/// <summary>Who is in a lesson, by which connection, and who listens. Owned by its <see cref="Lesson"/>; only <see cref="Find(string)"/> and <see cref="All"/> are for anyone.</summary>
internal sealed class Roster
{
    /// <summary>Students of one lesson: nobody is taken off a roster.</summary>
    public const int StudentLimit = 1000;

    /// <summary>What who comes then is told.</summary>
    public static readonly string IsFull = $"The lesson has {StudentLimit} students on its roster and takes no more.";

    private readonly ConcurrentDictionary<string, LessonSession> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LessonSession> _studentSessions = new(StringComparer.Ordinal);
    private readonly List<string> _students = [];

    /// <summary>The teacher's id; null until one is named or has connected.</summary>
    public string? Teacher { get; set; }

    public string? Listener { get; set; }

    public LessonSession? TeacherSession { get; private set; }

    /// <summary>Of the teacher's present connection.</summary>
    public bool IsTeacherMuted { get; set; }

    /// <summary>The teacher's first, then the students' in the order in which they came.</summary>
    public IReadOnlyList<LessonSession> Sessions =>
        [.. _students.Select(FindStudent).Prepend(TeacherSession).OfType<LessonSession>()];

    /// <summary>All sessions as they are at this moment, in no order; for anyone.</summary>
    public ICollection<LessonSession> All => _sessions.Values;

    public LessonSession? Find(string session) => _sessions.GetValueOrDefault(session);

    public LessonSession? FindStudent(string student) => _studentSessions.GetValueOrDefault(student);

    /// <summary>Whether the participant has a connection, which a new one would replace.</summary>
    public bool IsPresent(SessionOwner owner) => Find(owner) is not null;

    /// <summary>Puts the student on the roster, connected or not; false where it is full.</summary>
    public bool TryAddStudent(string student)
    {
        if (!HasRoomFor(student))
            return false;
        if (!_students.Contains(student))
            _students.Add(student);
        return true;
    }

    /// <summary>Whether the student is on the roster, or may be put there.</summary>
    public bool HasRoomFor(string student) => _students.Count < StudentLimit || _students.Contains(student);

    /// <summary>Takes the session in and gives back the one of the same participant that it replaces.</summary>
    public LessonSession? Add(LessonSession session)
    {
        var replaced = Find(session.Owner);
        if (replaced is not null)
            Remove(replaced);
        _sessions[session.Id] = session;
        if (session.Owner.IsTeacher)
        {
            TeacherSession = session;
            Teacher = session.Owner.Participant;
        }
        else
        {
            TryAddStudent(session.Owner.Participant);
            _studentSessions[session.Owner.Participant] = session;
        }

        return replaced;
    }

    /// <summary>False where it was removed or replaced before.</summary>
    public bool Remove(LessonSession session)
    {
        if (!_sessions.TryRemove(session.Id, out _))
            return false;
        if (session.Owner.IsTeacher)
        {
            TeacherSession = null;
            IsTeacherMuted = false;
        }
        else
            _studentSessions.Remove(session.Owner.Participant);
        return true;
    }

    /// <summary>Everybody's ids, in the order in which they came; grows and never changes otherwise.</summary>
    public IReadOnlyList<string> Students => _students;

    public TeacherSnapshot? GetTeacher() => Teacher is null ? null : new TeacherSnapshot(Teacher, TeacherSession is { IsConnected: true }, IsTeacherMuted);

    public IReadOnlyList<StudentSnapshot> GetStudents() =>
        [.. _students.Select(id => new StudentSnapshot(id, FindStudent(id) is { IsConnected: true }, id == Listener))];

    private LessonSession? Find(SessionOwner owner) => owner.IsTeacher ? TeacherSession : FindStudent(owner.Participant);
}
