"""Every public name: the answers, and the types in them.

They are importable from `beancount_dunning` itself, which looks them up here when they
are asked for. docs/api.md explains how to use them. Names elsewhere may change.
"""

from __future__ import annotations

from beancount_dunning.answers.agenda import Appointment
from beancount_dunning.answers.agenda import Occasion
from beancount_dunning.answers.agenda import agenda
from beancount_dunning.answers.backtest import Backtest
from beancount_dunning.answers.backtest import Deviation
from beancount_dunning.answers.backtest import PastMonth
from beancount_dunning.answers.backtest import backtest
from beancount_dunning.answers.comparisons import BeforeAfter
from beancount_dunning.answers.comparisons import Grouped
from beancount_dunning.answers.comparisons import Grouping
from beancount_dunning.answers.comparisons import before_after
from beancount_dunning.answers.comparisons import grouped
from beancount_dunning.answers.customer_story import CustomerStory
from beancount_dunning.answers.customer_story import tell_customer
from beancount_dunning.answers.customers import Conduct
from beancount_dunning.answers.customers import CustomerRecord
from beancount_dunning.answers.customers import Customers
from beancount_dunning.answers.customers import customers
from beancount_dunning.answers.doctor.diagnosis import Diagnosis
from beancount_dunning.answers.doctor.examination import Examination
from beancount_dunning.answers.doctor.examination import examine
from beancount_dunning.answers.dossier import Dossier
from beancount_dunning.answers.dossier import LinkedDocument
from beancount_dunning.answers.dossier import dossier
from beancount_dunning.answers.effect import BeforeOrAfter
from beancount_dunning.answers.effect import Effect
from beancount_dunning.answers.effect import EffectGroup
from beancount_dunning.answers.effect import GroupedBy
from beancount_dunning.answers.effect import PaidByDue
from beancount_dunning.answers.effect import PolicyChange
from beancount_dunning.answers.effect import effect
from beancount_dunning.answers.expectations import Basis
from beancount_dunning.answers.expectations import Expectation
from beancount_dunning.answers.expectations import ExpectationKind
from beancount_dunning.answers.expectations import expectations
from beancount_dunning.answers.findings import Finding
from beancount_dunning.answers.findings import findings
from beancount_dunning.answers.forecast import Every
from beancount_dunning.answers.forecast import Forecast
from beancount_dunning.answers.forecast import Outlook
from beancount_dunning.answers.forecast import Period
from beancount_dunning.answers.forecast import forecast
from beancount_dunning.answers.forecast import outlook
from beancount_dunning.answers.giving_up import WriteOffRefusedError
from beancount_dunning.answers.giving_up import propose_write_off
from beancount_dunning.answers.giving_up import propose_write_offs
from beancount_dunning.answers.grades import Grade
from beancount_dunning.answers.grades import Graded
from beancount_dunning.answers.history import MonthEnd
from beancount_dunning.answers.history import history
from beancount_dunning.answers.lateness import Habit
from beancount_dunning.answers.lateness import Lateness
from beancount_dunning.answers.lateness import Whose
from beancount_dunning.answers.matching import Assignment
from beancount_dunning.answers.matching import Difference
from beancount_dunning.answers.matching import DifferenceKind
from beancount_dunning.answers.matching import Match
from beancount_dunning.answers.matching import Matches
from beancount_dunning.answers.matching import Verdict
from beancount_dunning.answers.matching import match
from beancount_dunning.answers.measures import Measure
from beancount_dunning.answers.measures import Measures
from beancount_dunning.answers.movements import Movement
from beancount_dunning.answers.movements import MovementKind
from beancount_dunning.answers.paid import Credited
from beancount_dunning.answers.paid import Invoiced
from beancount_dunning.answers.paid import Means
from beancount_dunning.answers.paid import Outcome
from beancount_dunning.answers.paid import invoiced
from beancount_dunning.answers.payment_story import PaymentStory
from beancount_dunning.answers.payment_story import tell_payment
from beancount_dunning.answers.planned import PlanProposal
from beancount_dunning.answers.planned import PlanRefusedError
from beancount_dunning.answers.planned import propose_plan
from beancount_dunning.answers.promised import Promised
from beancount_dunning.answers.proposals import Proposal
from beancount_dunning.answers.proposals import notes
from beancount_dunning.answers.proposals import transactions
from beancount_dunning.answers.provision import ExpectedLoss
from beancount_dunning.answers.provision import Provision
from beancount_dunning.answers.provision import provision
from beancount_dunning.answers.punctuality import Punctuality
from beancount_dunning.answers.pursuing import Chance
from beancount_dunning.answers.pursuing import Experience
from beancount_dunning.answers.pursuing import Prospect
from beancount_dunning.answers.pursuing import Pursuit
from beancount_dunning.answers.pursuing import pursue
from beancount_dunning.answers.reasons import Fact
from beancount_dunning.answers.reminders import Letter
from beancount_dunning.answers.reminders import Reminder
from beancount_dunning.answers.reminders import Reminders
from beancount_dunning.answers.reminders import StaleBank
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.reminders import stale_bank
from beancount_dunning.answers.rests import Rest
from beancount_dunning.answers.roll_rates import RollRate
from beancount_dunning.answers.roll_rates import roll_rates
from beancount_dunning.answers.statement import Line
from beancount_dunning.answers.statement import Section
from beancount_dunning.answers.statement import Statement
from beancount_dunning.answers.statement import statement
from beancount_dunning.answers.story import Event
from beancount_dunning.answers.story import Part
from beancount_dunning.answers.story import Story
from beancount_dunning.answers.story import tell
from beancount_dunning.answers.suiting import SuitedTerms
from beancount_dunning.answers.suiting import suited_terms
from beancount_dunning.answers.trends import Direction
from beancount_dunning.answers.trends import Quarter
from beancount_dunning.answers.trends import Trend
from beancount_dunning.answers.write_offs import WriteOff
from beancount_dunning.basics.errors import CreditLimitError
from beancount_dunning.basics.errors import LimitationError
from beancount_dunning.basics.errors import LogError
from beancount_dunning.basics.errors import OverdueError
from beancount_dunning.basics.errors import PromiseError
from beancount_dunning.basics.errors import ReceivableError
from beancount_dunning.basics.errors import SettingError
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.accounts import Account
from beancount_dunning.ledger.agreements import Interest
from beancount_dunning.ledger.customers import Customer
from beancount_dunning.ledger.items import Item
from beancount_dunning.ledger.items import Receivables
from beancount_dunning.ledger.items import Settlement
from beancount_dunning.ledger.items import Unapplied
from beancount_dunning.ledger.log import Log
from beancount_dunning.ledger.log import LogEntry
from beancount_dunning.ledger.planning import PlanOutcome
from beancount_dunning.ledger.plans import Agreement
from beancount_dunning.ledger.plans import Plan
from beancount_dunning.ledger.policies import Step
from beancount_dunning.ledger.rates import RateError
from beancount_dunning.ledger.settings import Settings
from beancount_dunning.ledger.terms import Instalment
from beancount_dunning.ledger.terms import Offer
from beancount_dunning.ledger.terms import Terms
from beancount_dunning.ledger.terms import TermsError
from beancount_dunning.ledger.terms_text import parse_terms
from beancount_dunning.standing.accrual import Accrual
from beancount_dunning.standing.accrual import Segment
from beancount_dunning.standing.aging import AgedItem
from beancount_dunning.standing.aging import AgingReport
from beancount_dunning.standing.aging import Row
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.balances import Balances
from beancount_dunning.standing.books import Books
from beancount_dunning.standing.books import read_books
from beancount_dunning.standing.charges import Charge
from beancount_dunning.standing.charges import charges
from beancount_dunning.standing.dunning import ScheduledStep
from beancount_dunning.standing.dunning import Silence
from beancount_dunning.standing.dunning import Standing
from beancount_dunning.standing.dunning import schedule
from beancount_dunning.standing.interest import UnknownRateError
from beancount_dunning.standing.limitation import Lapse
from beancount_dunning.standing.records import Dunning
from beancount_dunning.standing.records import Record
from beancount_dunning.standing.records import Sent
from beancount_dunning.standing.resting import Held

__all__ = [
    "Account",
    "Accrual",
    "AgedItem",
    "AgingReport",
    "Agreement",
    "Appointment",
    "Assignment",
    "Backtest",
    "Balances",
    "Basis",
    "BeforeAfter",
    "BeforeOrAfter",
    "Books",
    "Chance",
    "Charge",
    "Conduct",
    "CreditLimitError",
    "Credited",
    "Customer",
    "CustomerRecord",
    "CustomerStory",
    "Customers",
    "Deviation",
    "Diagnosis",
    "Difference",
    "DifferenceKind",
    "Direction",
    "Dossier",
    "Dunning",
    "Effect",
    "EffectGroup",
    "Event",
    "Every",
    "Examination",
    "Expectation",
    "ExpectationKind",
    "ExpectedLoss",
    "Experience",
    "Fact",
    "Finding",
    "Forecast",
    "Grade",
    "Graded",
    "Grouped",
    "GroupedBy",
    "Grouping",
    "Habit",
    "Held",
    "Instalment",
    "Interest",
    "Invoiced",
    "Item",
    "Lapse",
    "Lateness",
    "Letter",
    "LimitationError",
    "Line",
    "LinkedDocument",
    "Log",
    "LogEntry",
    "LogError",
    "Match",
    "Matches",
    "Means",
    "Measure",
    "Measures",
    "MonthEnd",
    "Movement",
    "MovementKind",
    "Occasion",
    "Offer",
    "Outcome",
    "Outlook",
    "OverdueError",
    "PaidByDue",
    "Part",
    "PastMonth",
    "PaymentStory",
    "Period",
    "Plan",
    "PlanOutcome",
    "PlanProposal",
    "PlanRefusedError",
    "PolicyChange",
    "PromiseError",
    "Promised",
    "Proposal",
    "Prospect",
    "Provision",
    "Punctuality",
    "Pursuit",
    "Quarter",
    "RateError",
    "ReceivableError",
    "Receivables",
    "Record",
    "Reminder",
    "Reminders",
    "Rest",
    "RollRate",
    "Row",
    "ScheduledStep",
    "Section",
    "Segment",
    "Sent",
    "SettingError",
    "Settings",
    "Settlement",
    "Silence",
    "StaleBank",
    "Standing",
    "Statement",
    "Step",
    "Story",
    "SuitedTerms",
    "Terms",
    "TermsError",
    "Trend",
    "Unapplied",
    "UnknownRateError",
    "Verdict",
    "Whose",
    "Words",
    "WriteOff",
    "WriteOffRefusedError",
    "age",
    "agenda",
    "backtest",
    "before_after",
    "charges",
    "customers",
    "dossier",
    "effect",
    "examine",
    "expectations",
    "findings",
    "forecast",
    "grouped",
    "history",
    "invoiced",
    "letters",
    "match",
    "notes",
    "outlook",
    "parse_terms",
    "propose_plan",
    "propose_write_off",
    "propose_write_offs",
    "provision",
    "pursue",
    "read_books",
    "reminders",
    "roll_rates",
    "schedule",
    "stale_bank",
    "statement",
    "suited_terms",
    "tell",
    "tell_customer",
    "tell_payment",
    "transactions",
]
